// The outer planets under gravitation: multiplications, additions, square root and division, scalar.
#include "kernel.h"
#include <math.h>

static struct body {
    double x[3], v[3], mass;
} bodies[] = {
    {{0, 0, 0}, {0, 0, 0}, 39.47841760435743},
    {{4.84143144246472090, -1.16032004402742839, -0.103622044471123109}, {0.606326392995832, 2.81198684491626, -0.02521836165988763}, 0.03769367487038949},
    {{8.34336671824457987, 4.12479856412430479, -0.403523417114321381}, {-1.0107743461787924, 1.8256623712304119, 0.008415761376584154}, 0.011286326131968767},
    {{12.8943695621391310, -15.1111514016986312, -0.223307578892655734}, {1.0827910064415354, 0.8687130181696082, -0.010832637401363636}, 0.0017237240570597112},
    {{15.3796971148509165, -25.9193146099879641, 0.179258772950371181}, {0.979090732243898, 0.5946989986476762, -0.034755955550407037}, 0.0020336868699246304},
};
enum { BODIES = sizeof bodies / sizeof *bodies };

static void advance(double dt) {
    for (int i = 0; i < BODIES; i++)
        for (int j = i + 1; j < BODIES; j++) {
            struct body *a = &bodies[i], *b = &bodies[j];
            double d[3], square = 0;
            for (int k = 0; k < 3; k++) {
                d[k] = a->x[k] - b->x[k];
                square += d[k] * d[k];
            }
            double force = dt / (square * sqrt(square));
            for (int k = 0; k < 3; k++) {
                a->v[k] -= d[k] * b->mass * force;
                b->v[k] += d[k] * a->mass * force;
            }
        }
    for (int i = 0; i < BODIES; i++)
        for (int k = 0; k < 3; k++)
            bodies[i].x[k] += dt * bodies[i].v[k];
}

int main(int argc, char **argv) {
    for (int round = rounds(argc, argv); round > 0; round--)
        advance(0.01);
    printf("%.6f %.6f\n", bodies[0].x[0], bodies[1].v[2]);
    return 0;
}
