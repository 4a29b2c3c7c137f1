package jwtcheck;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The key ring of integrations/java. Prints the name of every test that passed; an exception ends it. */
public final class KeyRingTest {
    private static final String A = "a".repeat(32);
    private static final String B = "b".repeat(32);
    private static final String C = "c".repeat(32);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final String TOKEN = "abcdefghijklmnopqrstuvwxyz";

    /** Aliases of a secret that change in one write, as those of Secret Manager do. */
    private static final class Store {
        private volatile Map<String, String> aliases;
        private String version;
        private int reads;
        private int moment = -1;
        private Map<String, String> then;

        Store(Map<String, String> aliases) {
            this.aliases = aliases;
        }

        KeyRing.Key read(String alias) {
            reads++;
            String found = aliases.get(alias);
            if (reads == moment) aliases = then;
            return found == null ? null : key(found, version);
        }

        KeyRing.Builder builder() {
            return KeyRing.builder().read(this::read).sign("current").accept("next", "previous").refresh(HOUR);
        }
    }

    private static KeyRing.Key key(String text, String version) {
        return new KeyRing.Key(text.getBytes(StandardCharsets.ISO_8859_1), version);
    }

    private static List<String> accepts(KeyRing ring) {
        return ring.keys().accepts().stream().map(one -> new String(one, StandardCharsets.ISO_8859_1)).toList();
    }

    private static void same(Object found, Object expected) {
        if (!expected.equals(found)) throw new AssertionError(found + " instead of " + expected);
    }

    private static void fails(Callable<?> call, String message) throws Exception {
        try {
            call.call();
        } catch (Exception error) {
            if (String.valueOf(error.getMessage()).contains(message)) return;
            throw error;
        }
        throw new AssertionError("no error with " + message);
    }

    private static Callable<?> refresh(KeyRing ring) {
        return () -> {
            ring.refresh();
            return null;
        };
    }

    private static void roles() throws Exception {
        Store store = new Store(Map.of("current", A));
        store.version = "7";
        try (KeyRing ring = store.builder().start()) {
            same(accepts(ring), List.of(A));
            store.aliases = Map.of("current", A, "next", B, "previous", A);
            ring.refresh();
            same(accepts(ring), List.of(A, B));
            store.aliases = Map.of("current", B, "next", B, "previous", A);
            store.version = "8";
            ring.refresh();
            same(accepts(ring), List.of(B, A));
            same(ring.keys().version(), "8");
            same(new String(ring.keys().sign(), StandardCharsets.ISO_8859_1), B);
            store.aliases = Map.of("current", B);
            ring.refresh();
            same(accepts(ring), List.of(B));
        }
    }

    private static void aFunctionThatReturnsAll() throws Exception {
        var loaded = new AtomicReference<>(new KeyRing.Loaded(key(A, "7"), List.of(key(B, null), key(A, null))));
        try (KeyRing ring = KeyRing.builder().load(loaded::get).refresh(HOUR).start()) {
            same(accepts(ring), List.of(A, B));
            for (KeyRing.Loaded wrong : new KeyRing.Loaded[] {null, new KeyRing.Loaded(null, List.of()),
                    new KeyRing.Loaded(key("", null), List.of()), new KeyRing.Loaded(key(A, null), List.of(new KeyRing.Key(null)))}) {
                loaded.set(wrong);
                fails(refresh(ring), "key");
                same(accepts(ring), List.of(A, B));
            }
        }
    }

    private static void files() throws Exception {
        Path folder = Files.createTempDirectory("jwtcheck-keys");
        Path current = folder.resolve("current");
        Path next = folder.resolve("next");
        String exact = "\u00ff\0" + A + "\n";
        try {
            Files.write(current, exact.getBytes(StandardCharsets.ISO_8859_1));
            try (KeyRing ring = KeyRing.builder().read(KeyRing::file).sign(current.toString()).accept(next.toString())
                    .refresh(HOUR).start()) {
                same(accepts(ring), List.of(exact));
                Files.writeString(next, B);
                ring.refresh();
                same(accepts(ring), List.of(exact, B));
            }
        } finally {
            Files.deleteIfExists(current);
            Files.deleteIfExists(next);
            Files.delete(folder);
        }
    }

    private static void noKeyIsLostWhileAnAliasMoves() throws Exception {
        Map<String, String> staged = Map.of("current", A, "next", B, "previous", A);
        Map<String, String> promoted = Map.of("current", B, "next", B, "previous", A);
        // Another program may give each key one alias only.
        Map<String, String> one = Map.of("current", A, "next", B);
        Map<String, String> other = Map.of("current", B, "previous", A);
        for (var move : List.of(List.of(staged, promoted), List.of(promoted, staged), List.of(one, other), List.of(other, one)))
            for (String[] names : new String[][] {{"next", "previous"}, {"previous", "next"}})
                for (int moment = 0; moment < 6; moment++) {
                    Store store = new Store(move.get(0));
                    try (KeyRing ring = store.builder().accept(names).start()) {
                        if (moment == 0) store.aliases = move.get(1);
                        store.moment = store.reads + moment;
                        store.then = move.get(1);
                        ring.refresh();
                        same(Set.copyOf(accepts(ring)), Set.of(A, B));
                    }
                }
    }

    private static void failuresKeepTheKeys() throws Exception {
        Store store = new Store(Map.of("current", A));
        try (KeyRing ring = store.builder().start()) {
            for (Map<String, String> wrong : List.of(Map.<String, String>of(), Map.of("current", A, "next", ""), Map.of("current", ""))) {
                store.aliases = wrong;
                fails(refresh(ring), "key");
                same(accepts(ring), List.of(A));
            }
        }
        fails(() -> new Store(Map.of()).builder().start(), "no key with the name current");
    }

    private static void whatCannotBeMeant() throws Exception {
        KeyRing.Reader read = new Store(Map.of("current", A))::read;
        KeyRing.Loader load = () -> new KeyRing.Loaded(key(A, null), List.of());
        Duration second = Duration.ofSeconds(1);
        for (KeyRing.Builder wrong : List.of(KeyRing.builder(), KeyRing.builder().read(read),
                KeyRing.builder().read(read).load(load).sign("current"), KeyRing.builder().load(load).accept("next"),
                KeyRing.builder().load(load).drain(second), KeyRing.builder().read(read).sign("current").refresh(Duration.ZERO),
                KeyRing.builder().read(read).sign("current").drain(second.negated()),
                KeyRing.builder().read(read).sign("current").accept("next").drain(second)))
            try {
                wrong.start();
                throw new AssertionError("it starts");
            } catch (IllegalArgumentException expected) {
                // As it has to be.
            }
        try (KeyRing ring = KeyRing.builder().load(load).refresh(HOUR).start()) {
            for (String name : List.of("version", "loadedAt"))
                fails(() -> new JwtFingerprint("a", ring::keys, List.of(TOKEN), Map.of(name, "7")), "are those of keys");
        }
    }

    private static void nothingPrintsAKey() throws Exception {
        try (KeyRing ring = new Store(Map.of("current", A, "next", B)).builder().start()) {
            for (Object thing : List.of(ring, ring.keys(), key(A, "7"), new KeyRing.Loaded(key(A, "7"), List.of(key(B, null)))))
                if (thing.toString().matches("(?s).*(aaa|bbb|97, 97).*")) throw new AssertionError(thing.toString());
            ring.keys().sign()[0] = 0;
            ring.keys().accepts().get(1)[0] = 0;
            same(accepts(ring), List.of(A, B));
        }
    }

    private static void drain() throws Exception {
        AtomicLong now = new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(40).toNanos()); // It overflows meanwhile.
        Store store = new Store(Map.of("file", A));
        try (KeyRing ring = KeyRing.builder().read(store::read).sign("file").refresh(HOUR).drain(Duration.ofMinutes(1))
                .clock(now::get).start()) {
            Callable<?> refresh = refresh(ring);
            store.aliases = Map.of("file", B);
            refresh.call();
            now.addAndGet(Duration.ofSeconds(30).toNanos());
            store.aliases = Map.of("file", C);
            refresh.call();
            same(accepts(ring), List.of(C, A, B));
            now.addAndGet(Duration.ofSeconds(29).toNanos());
            refresh.call();
            same(accepts(ring), List.of(C, A, B));
            now.addAndGet(Duration.ofSeconds(1).toNanos());
            same(accepts(ring), List.of(C, B));
            // A key that returns drains anew.
            store.aliases = Map.of("file", B);
            refresh.call();
            same(accepts(ring), List.of(B, C));
            now.addAndGet(Duration.ofMinutes(1).toNanos());
            same(accepts(ring), List.of(B));
            store.aliases = Map.of("file", C);
            refresh.call();
            same(accepts(ring), List.of(C, B));
        }
        try (KeyRing none = KeyRing.builder().read(store::read).sign("file").refresh(HOUR).start()) {
            store.aliases = Map.of("file", A);
            none.refresh();
            same(accepts(none), List.of(A));
        }
    }

    private static void itReadsAgainAndSurvivesFailures() throws Exception {
        BlockingQueue<Exception> failed = new LinkedBlockingQueue<>();
        AtomicReference<Object> answer = new AtomicReference<>(A);
        KeyRing.Reader reader = name -> {
            if (answer.get() instanceof String text) return key(text, null);
            if (answer.get() instanceof Error error) throw error;
            throw new IOException("hunter2");
        };
        try (KeyRing ring = KeyRing.builder().read(reader).sign("current").refresh(Duration.ofMillis(1)).onError(error -> {
            failed.add(error);
            throw new IllegalStateException("a log that fails");
        }).start()) {
            answer.set(1);
            for (int count = 0; count < 2; count++) same(failed.take().getMessage(), "hunter2");
            answer.set(new NoClassDefFoundError("hunter2"));
            while (!(failed.take() instanceof IllegalStateException)) Thread.onSpinWait();
            same(accepts(ring), List.of(A));
            answer.set(B);
            while (!accepts(ring).equals(List.of(B))) Thread.sleep(1);
        }
        while (Thread.getAllStackTraces().keySet().stream().anyMatch(one -> one.getName().equals("jwtcheck-keys"))) Thread.sleep(1);
    }

    private static void theLogHasNoMessage() throws Exception {
        BlockingQueue<String> said = new LinkedBlockingQueue<>();
        Logger logger = Logger.getLogger("jwtcheck");
        logger.setUseParentHandlers(false);
        logger.addHandler(new Handler() {
            @Override
            public void publish(LogRecord record) {
                said.add(record.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });
        AtomicInteger reads = new AtomicInteger();
        KeyRing.Reader reader = name -> {
            if (reads.getAndIncrement() == 0) return key(A, null);
            throw new IOException("hunter2");
        };
        try (KeyRing ring = KeyRing.builder().read(reader).sign("current").refresh(Duration.ofMillis(1)).start()) {
            String text = said.take();
            same(accepts(ring), List.of(A));
            if (!text.contains("java.io.IOException at jwtcheck.KeyRingTest") || text.contains("hunter2")) throw new AssertionError(text);
        }
    }

    private static String name(int number) {
        return String.format("%032d", number);
    }

    private static void oneReadingTakesEffectAsAWhole() throws Exception {
        AtomicInteger numbers = new AtomicInteger();
        KeyRing.Loader load = () -> {
            int number = numbers.incrementAndGet();
            return new KeyRing.Loaded(key(name(number), String.valueOf(number)), List.of(key(name(number + 1), null)));
        };
        try (KeyRing ring = KeyRing.builder().load(load).refresh(Duration.ofNanos(100_000)).start()) {
            List<Throwable> wrong = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            Pattern form = Pattern.compile("\\{\"fingerprint\":\"(\\w+)\",\"accepts\":\\[\"(\\w+)\",\"(\\w+)\"\\].*\"version\":\"(\\d+)\".*");
            for (int worker = 0; worker < 4; worker++) {
                Thread thread = new Thread(() -> {
                    Set<String> seen = new HashSet<>();
                    // More than the limit of one caller of an endpoint.
                    JwtFingerprint endpoint = null;
                    for (int asked = 0; seen.size() < 50; asked++) {
                        if (asked % 100 == 0) endpoint = new JwtFingerprint("a", ring::keys, List.of(TOKEN), Map.of());
                        String body = endpoint.answer("GET", "Bearer " + TOKEN, null).body();
                        Matcher match = form.matcher(body);
                        if (!match.matches()) throw new AssertionError(body);
                        int number = Integer.parseInt(match.group(4));
                        same(List.of(match.group(1), match.group(2), match.group(3)),
                                List.of(shown(number), shown(number), shown(number + 1)));
                        seen.add(match.group(4));
                    }
                });
                thread.setUncaughtExceptionHandler((failed, error) -> wrong.add(error));
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) thread.join();
            same(wrong, List.of());
        }
    }

    private static String shown(int number) {
        var endpoint = new JwtFingerprint("a", () -> key(name(number), null).value(), List::of, List.of(TOKEN), Map.of());
        return endpoint.answer("GET", "Bearer " + TOKEN, null).body().substring("{\"fingerprint\":\"".length()).substring(0, 8);
    }

    private interface Test {
        void run() throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, Test> tests = Map.of("roles", KeyRingTest::roles, "a function that returns all", KeyRingTest::aFunctionThatReturnsAll,
                "files", KeyRingTest::files, "no key is lost while an alias moves", KeyRingTest::noKeyIsLostWhileAnAliasMoves,
                "failures keep the keys", KeyRingTest::failuresKeepTheKeys, "what cannot be meant", KeyRingTest::whatCannotBeMeant,
                "nothing prints a key", KeyRingTest::nothingPrintsAKey, "drain", KeyRingTest::drain,
                "it reads again and survives failures", KeyRingTest::itReadsAgainAndSurvivesFailures,
                "the log has no message", KeyRingTest::theLogHasNoMessage);
        for (var test : tests.entrySet()) {
            test.getValue().run();
            System.out.println(test.getKey());
        }
        oneReadingTakesEffectAsAWhole();
        System.out.println("OK");
    }
}
