import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Collections, strings, virtual calls, arrays and implicit null checks, in one run. */
public final class Work {
    interface Shape { long area(); }
    record Square(long side) implements Shape { public long area() { return side * side; } }
    record Box(long width, long height) implements Shape { public long area() { return width * height; } }

    static long product(int n, int seed) {
        double[][] a = new double[n][n], c = new double[n][n];
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) a[i][j] = (i * j + seed) % 7;
        for (int i = 0; i < n; i++)
            for (int k = 0; k < n; k++)
                for (int j = 0; j < n; j++) c[i][j] += a[i][k] * a[k][j];
        double trace = 0;
        for (int i = 0; i < n; i++) trace += c[i][i];
        return (long) trace;
    }

    public static void main(String[] args) {
        int rounds = Integer.parseInt(args[0]);
        long total = 0;
        for (int i = 1; i <= rounds; i++) {
            Map<String, Integer> counts = new HashMap<>();
            for (int k = 0; k < 3000; k++) counts.merge("w" + Integer.toHexString((k * 7919 + i) % 1009), 1, Integer::sum);
            List<Map.Entry<String, Integer>> order = new ArrayList<>(counts.entrySet());
            order.sort(Map.Entry.<String, Integer>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()));
            StringBuilder text = new StringBuilder();
            for (var entry : order) text.append(entry.getKey()).append('=').append(entry.getValue()).append(',');
            total += text.toString().hashCode() & 0xffff;
            List<Shape> shapes = new ArrayList<>();
            for (int k = 0; k < 2000; k++) shapes.add(k % 3 == 0 ? new Square(k) : new Box(k, i));
            for (Shape shape : shapes) total += shape.area();
            total += product(48, i);
            String nothing = i % 3 == 0 ? null : "x";
            try { total += nothing.length(); } catch (NullPointerException e) { total += 7; }
        }
        System.out.println(total);
    }
}
