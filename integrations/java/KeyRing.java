/*
 * MIT License
 *
 * Copyright (c) 2026 The jwtcheck authors
 *
 * Permission is hereby granted, free of charge, to any person obtaining a copy
 * of this software and associated documentation files (the "Software"), to deal
 * in the Software without restriction, including without limitation the rights
 * to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
 * copies of the Software, and to permit persons to whom the Software is
 * furnished to do so, subject to the following conditions:
 *
 * The above copyright notice and this permission notice shall be included in all
 * copies or substantial portions of the Software.
 *
 * THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
 * IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
 * FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
 * AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
 * LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
 * OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
 * SOFTWARE.
 */
package jwtcheck;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The keys of a service, read again on an interval in a daemon thread: a key is replaced without a restart. While the keys cannot
 * be read, the last ones stay in force. See docs/endpoint.md of jwtcheck.
 */
public final class KeyRing implements AutoCloseable {
    /**
     * A key as it was read; it prints without its value.
     *
     * @param value nothing is trimmed or decoded
     * @param version null where the store counts none
     */
    public record Key(byte[] value, String version) {
        public Key(byte[] value) {
            this(value, null);
        }

        @Override
        public String toString() {
            return "Key[version=" + version + "]";
        }
    }

    /** The key that signs, and others that verify. */
    public record Loaded(Key sign, List<Key> accept) {}

    /** Returns the key of a name, and null if there is no such key. */
    @FunctionalInterface
    public interface Reader {
        Key read(String name) throws Exception;
    }

    /** Returns all keys with their roles. */
    @FunctionalInterface
    public interface Loader {
        Loaded load() throws Exception;
    }

    /** The keys as of one reading. They never change, and print without a key. */
    public static final class Keys implements JwtFingerprint.HeldKeys {
        private final List<byte[]> accepts;
        private final String version;
        private final Instant loadedAt;

        private Keys(List<byte[]> accepts, String version, Instant loadedAt) {
            this.accepts = List.copyOf(accepts);
            this.version = version;
            this.loadedAt = loadedAt;
        }

        /** The key that signs. */
        public byte[] sign() {
            return accepts.get(0).clone();
        }

        /** Every key that verifies, the one that signs first. */
        @Override
        public List<byte[]> accepts() {
            return accepts.stream().map(byte[]::clone).toList();
        }

        /** That of the key that signs; null where it is not known. */
        @Override
        public String version() {
            return version;
        }

        /** The time of the reading. */
        @Override
        public Instant loadedAt() {
            return loadedAt;
        }

        @Override
        public String toString() {
            return "Keys[version=" + version + ", accepts=" + accepts.size() + "]";
        }
    }

    /** What a key ring reads, and how often. */
    public static final class Builder {
        private Reader reader;
        private String sign;
        private List<String> accept = List.of();
        private Loader loader;
        private Duration refresh = Duration.ofSeconds(30);
        private Duration drain = Duration.ZERO;
        private Consumer<Exception> onError = KeyRing::log;
        private LongSupplier nanos = System::nanoTime;

        private Builder() {}

        /** How a key is read by its name: that of an alias, or of a file with {@link KeyRing#file}. */
        public Builder read(Reader reader) {
            this.reader = reader;
            return this;
        }

        /** The name of the key that signs. */
        public Builder sign(String name) {
            this.sign = name;
            return this;
        }

        /** The names of other keys that verify. */
        public Builder accept(String... names) {
            this.accept = List.of(names);
            return this;
        }

        /** Instead of read, sign and accept. */
        public Builder load(Loader loader) {
            this.loader = loader;
            return this;
        }

        /** The interval of readings, ±10 %; 30 seconds by default. */
        public Builder refresh(Duration refresh) {
            this.refresh = refresh;
            return this;
        }

        /**
         * How long a key that was replaced is still accepted; not at all by default. Only with {@link #sign} alone, because accept
         * and load say when a key ends.
         */
        public Builder drain(Duration drain) {
            this.drain = drain;
            return this;
        }

        /**
         * Receives the error of a reading on the interval. By default its class is logged, without the message, which may quote a
         * key.
         */
        public Builder onError(Consumer<Exception> onError) {
            this.onError = onError;
            return this;
        }

        Builder clock(LongSupplier nanos) {
            this.nanos = nanos;
            return this;
        }

        /**
         * Reads the keys, and continues to read them until the ring is closed.
         *
         * @throws IllegalArgumentException for what cannot be meant
         * @throws Exception of the first reading
         */
        public KeyRing start() throws Exception {
            if ((reader == null) == (loader == null))
                throw new IllegalArgumentException("either read or load must be given");
            if (loader != null && (sign != null || !accept.isEmpty()))
                throw new IllegalArgumentException("sign and accept are names for read: load returns the keys themselves");
            if (reader != null && (sign == null || sign.isEmpty()))
                throw new IllegalArgumentException("sign must be the name of the key that signs");
            if (refresh.isZero() || refresh.isNegative() || drain.isNegative())
                throw new IllegalArgumentException("refresh must be positive, and drain must not be negative");
            if (!drain.isZero() && (loader != null || !accept.isEmpty()))
                throw new IllegalArgumentException(
                        "drain is for one key alone: with accept or load, these say when a key ends");
            return new KeyRing(this);
        }
    }

    /** A key that was replaced, and until when it is accepted. */
    private record Draining(ByteBuffer key, long until) {}

    /** What one reading found and the keys that drain: replaced together. */
    private record State(Keys keys, List<Draining> draining) {}

    private final Loader loader;
    private final long refreshNanos;
    private final long drainNanos;
    private final Consumer<Exception> onError;
    private final LongSupplier nanos;
    private final ScheduledExecutorService executor;
    private volatile State state;

    private KeyRing(Builder given) throws Exception {
        Reader reader = given.reader;
        String sign = given.sign;
        List<String> accept = given.accept;
        loader = given.loader != null ? given.loader : () -> byName(reader, sign, accept);
        refreshNanos = given.refresh.toNanos();
        drainNanos = given.drain.toNanos();
        onError = given.onError;
        nanos = given.nanos;
        refresh();
        executor = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "jwtcheck-keys");
            thread.setDaemon(true);
            return thread;
        });
        schedule();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** All keys as of one reading. */
    public Keys keys() {
        State now = state;
        long time = nanos.getAsLong();
        List<byte[]> still = now.draining().stream().filter(one -> time - one.until() < 0).map(one -> one.key().array()).toList();
        if (still.isEmpty()) return now.keys();
        List<byte[]> all = new ArrayList<>(now.keys().accepts);
        all.addAll(still);
        return new Keys(all, now.keys().version(), now.keys().loadedAt());
    }

    /** Reads now, for example on a signal. If that fails, the last keys stay. */
    public synchronized void refresh() throws Exception {
        Loaded loaded = loader.load();
        if (loaded == null || loaded.sign() == null) throw new JwtFingerprint.KeyException("there is no key that signs");
        Set<ByteBuffer> keys = new LinkedHashSet<>();
        keys.add(copy(loaded.sign()));
        for (Key key : loaded.accept()) keys.add(copy(key));
        List<byte[]> accepts = keys.stream().map(ByteBuffer::array).toList();
        long time = nanos.getAsLong();
        List<Draining> draining = new ArrayList<>();
        if (state != null) {
            draining.addAll(state.draining());
            draining.add(new Draining(ByteBuffer.wrap(state.keys().sign()), time + drainNanos));
            draining.removeIf(one -> time - one.until() >= 0 || keys.contains(one.key()));
        }
        state = new State(new Keys(accepts, loaded.sign().version(), Instant.now()), List.copyOf(draining));
    }

    /** Ends the readings. The last keys stay. */
    @Override
    public void close() {
        executor.shutdownNow(); // shutdown() alone would still make the reading that is scheduled.
    }

    @Override
    public String toString() {
        return "KeyRing[" + keys() + "]";
    }

    /** For {@link Builder#read}, with paths as names: the bytes of a file, and null if there is none. */
    public static Key file(String path) throws IOException {
        try {
            return new Key(Files.readAllBytes(Path.of(path)));
        } catch (NoSuchFileException missing) {
            return null;
        }
    }

    private void schedule() {
        // With jitter, so that replicas that started together do not read together.
        long delay = (long) (refreshNanos * ThreadLocalRandom.current().nextDouble(0.9, 1.1));
        try {
            executor.schedule(this::follow, delay, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException error) {
            if (!executor.isShutdown()) throw error;
        }
    }

    private void follow() {
        try {
            refresh();
        } catch (Exception error) {
            if (!executor.isShutdown()) quietly(error); // A reading that close has interrupted is no failure.
        } catch (Error error) { // Such as a class that is missing: the next reading may succeed.
            quietly(new IllegalStateException(error.getClass().getName()));
        } finally {
            schedule();
        }
    }

    private void quietly(Exception error) {
        try {
            onError.accept(error);
        } catch (RuntimeException failed) {
            System.getLogger("jwtcheck").log(System.Logger.Level.WARNING, "onError failed");
        }
    }

    private static void log(Exception error) {
        System.getLogger("jwtcheck").log(System.Logger.Level.ERROR,
                "the keys could not be read, and the last ones stay in force (onError receives the whole error): "
                        + JwtFingerprint.kindOf(error));
    }

    private static Loaded byName(Reader reader, String sign, List<String> accept) throws Exception {
        Key first = signing(reader, sign);
        if (accept.isEmpty()) return new Loaded(first, List.of());
        List<Key> others = new ArrayList<>();
        for (String name : accept) {
            Key key = reader.read(name);
            if (key != null) others.add(key);
        }
        // An alias may move between two reads. What it stood for before and after is accepted: no key is lost on its way.
        others.add(first);
        return new Loaded(signing(reader, sign), others);
    }

    private static Key signing(Reader reader, String name) throws Exception {
        Key key = reader.read(name);
        if (key == null) throw new JwtFingerprint.KeyException("there is no key with the name " + name);
        return key;
    }

    private static ByteBuffer copy(Key key) throws JwtFingerprint.KeyException {
        if (key == null || key.value() == null || key.value().length == 0)
            throw new JwtFingerprint.KeyException("a key is empty");
        return ByteBuffer.wrap(key.value().clone());
    }
}
