# OpenJDK 17: javac, threads and locks, both collectors, exceptions from faults, a thousand virtual calls compiled, a jar.
# root: programs
PATH=/usr/lib/jvm/java-17-openjdk-arm64/bin:$PATH
cat > Main.java <<'JAVA'
import java.util.*;
import java.util.concurrent.*;
import java.util.stream.*;
public class Main {
    interface Shape { double area(); }
    record Square(double side) implements Shape { public double area() { return side * side; } }
    record Circle(double radius) implements Shape { public double area() { return 3 * radius * radius; } }
    static int depth;
    static void deeper() { depth++; deeper(); }
    static String name(Throwable t) { return t.getClass().getSimpleName(); }
    static String thrown(Callable<?> body) {
        try { return "nothing from " + body.call(); } catch (Throwable t) { return name(t); }
    }
    public static void main(String[] args) throws Exception {
        var pool = Executors.newFixedThreadPool(4);
        var parts = new ArrayList<Future<Long>>();
        for (int i = 0; i < 8; i++) {
            final long from = i * 1000;
            parts.add(pool.submit(() -> LongStream.range(from, from + 1000).sum()));
        }
        long sum = 0;
        for (var part : parts) sum += part.get();
        pool.shutdown();
        System.out.println("threads " + sum + " " + pool.awaitTermination(60, TimeUnit.SECONDS));
        int[] count = {0};
        Thread[] adders = new Thread[4];
        for (int i = 0; i < 4; i++) (adders[i] = new Thread(() -> { for (int j = 0; j < 20000; j++) synchronized (count) { count[0]++; } })).start();
        for (Thread t : adders) t.join();
        System.out.println("monitor " + count[0]);
        String nothing = args.length > 100 ? "" : null;
        int zero = args.length > 100 ? 1 : 0;
        System.out.println("exceptions " + thrown(() -> nothing.length()) + " " + thrown(() -> 1 / zero) + " "
            + thrown(() -> new int[2][zero - 1]) + " " + thrown(() -> (Integer) (Object) "x") + " "
            + thrown(() -> { deeper(); return 0; }) + " " + (depth > 1000));
        double total = 0;
        Shape[] shapes = {new Square(1), new Circle(2)};
        for (int i = 0; i < 3000000; i++) total += shapes[i & 1].area();
        System.out.println("compiled " + (long) total);
        var map = new HashMap<Integer, byte[]>();
        for (int i = 0; i < 20000; i++) map.put(i % 500, new byte[10000 + i % 7]);
        System.out.println("collected " + map.size() + " " + (Runtime.getRuntime().totalMemory() <= 64 << 20));
        System.out.println("process " + new String(new ProcessBuilder("sh", "-c", "echo from sh; exit 0").start().getInputStream().readAllBytes()).trim());
        System.out.println("arch " + System.getProperty("os.arch"));
    }
}
JAVA
javac Main.java
for gc in G1 Serial Parallel; do echo "$gc"; java -XX:+Use${gc}GC -Xmx64m Main; done
jar cfe main.jar Main *.class && java -Xint -Xmx64m -jar main.jar | tail -1
