// Virtual calls on objects of mixed types, some of which call others.
#include "kernel.h"
#include <memory>
#include <vector>

namespace {
struct Shape {
    virtual ~Shape() = default;
    virtual uint64_t area() const = 0;
    virtual void grow(uint64_t by) = 0;
};
struct Square final : Shape {
    uint64_t side;
    explicit Square(uint64_t side) : side(side) {}
    uint64_t area() const override { return side * side; }
    void grow(uint64_t by) override { side = (side + by) & 0xffff; }
};
struct Box final : Shape {
    uint64_t width, height;
    explicit Box(uint64_t size) : width(size), height(size + 3) {}
    uint64_t area() const override { return width * height; }
    void grow(uint64_t by) override { width = (width + by) & 0xfff, height ^= by; }
};
struct Triangle final : Shape {
    uint64_t base, height;
    explicit Triangle(uint64_t size) : base(size), height(size * 2) {}
    uint64_t area() const override { return base * height / 2; }
    void grow(uint64_t by) override { base = (base + 2 * by) & 0xffff; }
};
struct Pair final : Shape {
    Shape *a, *b;
    Pair(Shape *a, Shape *b) : a(a), b(b) {}
    uint64_t area() const override { return a->area() + b->area(); }
    void grow(uint64_t by) override { a->grow(by), b->grow(by + 1); }
};
}  // namespace

int main(int argc, char **argv) {
    std::vector<std::unique_ptr<Shape>> shapes;
    uint64_t seed = 6, sum = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t kind = next(&seed) % 4, size = next(&seed) % 100;
        if (kind == 0 || i < 2)
            shapes.emplace_back(new Square(size));
        else if (kind == 1)
            shapes.emplace_back(new Box(size));
        else if (kind == 2)
            shapes.emplace_back(new Triangle(size));
        else
            shapes.emplace_back(new Pair(shapes[0].get(), shapes[1].get()));
    }
    for (int round = rounds(argc, argv); round > 0; round--)
        for (auto &shape : shapes) {
            shape->grow(round);
            sum += shape->area();
        }
    return checksum(sum);
}
