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

import com.sun.net.httpserver.HttpHandler;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The fingerprint endpoint that jwtcheck asks, for the JDK's own HTTP server, servlets and Spring. See docs/endpoint.md of
 * jwtcheck. All but {@link #handler()} is of no particular server.
 */
public final class JwtFingerprint {
    /** The keys of a service at one moment, such as those of a KeyRing. */
    public interface HeldKeys {
        /** Every key that verifies, the one that signs first. */
        List<byte[]> accepts();

        /** Null where it is not known. */
        String version();

        /** Null where it is not known. */
        Instant loadedAt();
    }

    private record Functions(List<byte[]> accepts, String version, Instant loadedAt) implements HeldKeys {}

    /** What to answer. */
    public record Answer(int status, Map<String, String> headers, String body) {}

    private static final Set<String> LABELS =
            new TreeSet<>(Set.of("instance", "version", "environment", "algorithm", "loadedAt", "reveal"));
    private static final Map<String, Integer> HASH_BYTES = Map.of("HS256", 32, "HS384", 48, "HS512", 64);
    private static final long MINUTE = 60_000_000_000L;
    /** SHA-256, the first 12 hex digits, of secrets of 32 bytes or more that public code and tutorials show. */
    private static final Set<String> PUBLISHED = Set.of(("" //
            // published digests begin
            + "02a1a3ec183d 074337dc15c1 0d356ede0ba4 0f44b34c6311 103ab5dd9769 11c3e91482da 1453cea2dc37 "
            + "1dd62eba2864 2a1d61d5e199 3354cfcf65c7 374853915c55 465d9ad5d552 507f4a36ac60 5349820f1f4b "
            + "54bdb0aece41 570dad43de1a 5aad40249465 5b29efc3a053 5df73e1aa59d 5f6a9f9ecc5c 69024f21e9ad "
            + "69063827ac94 6c081c2085f0 735d2989efe7 78a6c76148cb 79ef599b03c8 820b64a145da 82640871d80a "
            + "84c5cdcc56f7 889041e83687 8e78099269d5 8eecb3bfd596 9524778ec964 9877be62cd59 a064b502e61d "
            + "a171a5a797ac a2460fe08434 a6a4728c0c0f abb7f5ff91d3 b13091976d23 b2e011f29299 b3cf5152a10b "
            + "bf0b62edab9c c07799c18d8b c99758db33af cf03d2c69a09 d476efb08bd3 dcf46e3a16c9 e15c32d17b60 "
            + "e3a585830240 e5be90f49991 e9cc80630a65 fe18bd40b727 "
            // published digests end
            ).trim().split(" "));
    private static final Pattern CHALLENGE = Pattern.compile("[A-Za-z0-9_-]{22,86}");
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]{16,}");
    private static final Pattern BEARER = Pattern.compile("(?i:bearer) +([^ ]+) *");
    private static final Map<Integer, String> TITLES = Map.of(400, "Bad Request", 401, "Unauthorized",
            405, "Method Not Allowed", 429, "Too Many Requests", 503, "Service Unavailable");

    private final String service;
    /** All keys of one moment. */
    private final Callable<? extends HeldKeys> held;
    private final List<byte[]> known = new ArrayList<>();
    private final Map<String, String> labels;
    private final boolean proofOnly;
    private final Consumer<Exception> onError;
    // Rejected callers have limits of their own, so that they cannot use up that of others.
    private final Limit admitted = new Limit(120, 60);
    private final Limit refused = new Limit(120, 60);

    /**
     * @param service the name that proofs are bound to
     * @param secret asked at each request: the key that signs and verifies now
     * @param accepts asked at each request: other keys that verify; none in general, as for null
     * @param tokens a caller that sends one of these as Authorization: Bearer may ask
     * @param labels instance, version, environment, algorithm, loadedAt, shown as they are unless they are null; and reveal,
     *     "fingerprint" (default) or "proof": answers challenges alone and shows no fingerprint, which is recommended for
     *     production. The fingerprint of a key that is published or shorter than its hash is never shown
     * @param onError receives the error where a secret could not be read: no answer says it
     * @throws IllegalArgumentException where it would be useless or open to all, and for a name in labels that is not known
     */
    public JwtFingerprint(String service, Callable<byte[]> secret, Callable<List<byte[]>> accepts, List<String> tokens,
            Map<String, String> labels, Consumer<Exception> onError) {
        this(service, tokens, labels, onError, () -> heldBy(secret, accepts));
        if (secret == null || onError == null)
            throw new IllegalArgumentException("secret and onError must be functions");
    }

    /** The same, with the default log: the class of the error and where it was thrown, without its message. */
    public JwtFingerprint(String service, Callable<byte[]> secret, Callable<List<byte[]>> accepts, List<String> tokens,
            Map<String, String> labels) {
        this(service, secret, accepts, tokens, labels, errorLog(service));
    }

    /**
     * The same, with the keys that the service itself uses, and their version and loadedAt.
     *
     * @param keys asked at each request, such as {@code ring::keys} of a KeyRing
     * @param labels instance, environment, algorithm and reveal, as above
     * @throws IllegalArgumentException as above
     */
    public JwtFingerprint(String service, Supplier<? extends HeldKeys> keys, List<String> tokens, Map<String, String> labels) {
        this(service, tokens, labels, errorLog(service), keys::get);
        if (labels.containsKey("version") || labels.containsKey("loadedAt"))
            throw new IllegalArgumentException("version and loadedAt are those of keys");
    }

    private JwtFingerprint(String service, List<String> tokens, Map<String, String> labels, Consumer<Exception> onError,
            Callable<? extends HeldKeys> held) {
        if (!isName(service))
            throw new IllegalArgumentException("service must have 1 to 128 bytes without control characters");
        // No request could present another one.
        if (tokens.isEmpty() || !tokens.stream().allMatch(token -> token != null && TOKEN.matcher(token).matches()))
            throw new IllegalArgumentException(
                    "tokens must have at least 16 characters of visible ASCII without spaces each");
        this.service = service;
        this.held = held;
        for (String name : labels.keySet())
            if (!LABELS.contains(name)) throw new IllegalArgumentException(name + " is not known; known are " + LABELS);
        this.labels = new LinkedHashMap<>(labels);
        this.labels.values().removeIf(value -> value == null); // Such as a variable that is not set.
        String reveal = this.labels.getOrDefault("reveal", "fingerprint");
        if (!reveal.equals("fingerprint") && !reveal.equals("proof"))
            throw new IllegalArgumentException("reveal must be \"fingerprint\" or \"proof\"");
        this.labels.remove("reveal");
        this.proofOnly = reveal.equals("proof");
        this.onError = onError;
        for (String token : tokens) known.add(sha256(token.getBytes(StandardCharsets.UTF_8)));
    }

    /** For com.sun.net.httpserver. */
    public HttpHandler handler() {
        return exchange -> {
            try (exchange) {
                Answer answer = answer(exchange.getRequestMethod(), exchange.getRequestHeaders().getFirst("Authorization"),
                        exchange.getRequestURI().getRawQuery(), exchange.getRemoteAddress().getHostString());
                byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
                answer.headers().forEach(exchange.getResponseHeaders()::set);
                boolean isHead = exchange.getRequestMethod().equals("HEAD");
                exchange.sendResponseHeaders(answer.status(), isHead ? -1 : body.length);
                if (!isHead) exchange.getResponseBody().write(body);
            }
        };
    }

    /**
     * @param authorization the header of that name, or null
     * @param query as it was sent, without the question mark, or null
     */
    public Answer answer(String method, String authorization, String query) {
        return answer(method, authorization, query, "");
    }

    /**
     * @param authorization the header of that name, or null
     * @param query as it was sent, without the question mark, or null
     * @param address of the connection: rejected callers are limited by it
     */
    public Answer answer(String method, String authorization, String query, String address) {
        if (!method.equals("GET") && !method.equals("HEAD"))
            return problem(405, "Use GET.", "Allow", "GET, HEAD");
        int holder = holderOf(authorization);
        boolean allowed = holder >= 0;
        int wait = allowed ? admitted.take(String.valueOf(holder)) : refused.take(address);
        if (wait > 0) return problem(429, "Ask again in " + wait + " s.", "Retry-After", String.valueOf(wait));
        if (!allowed)
            return problem(401, "Send the token as Authorization: Bearer.", "WWW-Authenticate",
                    "Bearer realm=\"jwt-fingerprint\"");
        List<String> challenges = new ArrayList<>();
        for (String part : (query == null ? "" : query).split("&")) {
            String[] pair = part.split("=", 2);
            if (decoded(pair[0]).equals("challenge")) challenges.add(pair.length == 2 ? decoded(pair[1]) : "");
        }
        if (challenges.size() > 1 || !challenges.stream().allMatch(one -> CHALLENGE.matcher(one).matches()))
            return problem(400, "A challenge must be a single value of 22 to 86 characters of base64url.");
        try {
            return tell(challenges);
        } catch (Exception error) { // What went wrong may hold the secret.
            quietly(error);
        } catch (Error error) { // Such as a class that is missing: the server would log the message.
            quietly(new KeyException("the reading failed with " + error.getClass().getName()));
        }
        return problem(503, "The secret could not be read; see the log of the service.");
    }

    /** As it is where it cannot be decoded. */
    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException error) {
            return text;
        }
    }

    private static HeldKeys heldBy(Callable<byte[]> secret, Callable<List<byte[]>> accepts) throws Exception {
        byte[] key = secret.call();
        if (key == null) throw new KeyException("secret returned null: check that its variable is set");
        List<byte[]> keys = new ArrayList<>(List.of(key));
        List<byte[]> others = accepts == null ? null : accepts.call();
        if (others != null) keys.addAll(others);
        return new Functions(keys, null, null);
    }

    private Answer tell(List<String> challenges) throws Exception {
        // All of one moment: a replacement in between changes nothing of it.
        HeldKeys now = held.call();
        int least = HASH_BYTES.getOrDefault(labels.getOrDefault("algorithm", "HS256"), 32);
        Map<String, byte[]> distinct = new LinkedHashMap<>();
        for (byte[] one : now.accepts()) {
            if (one.length == 0) throw new KeyException("the key is empty");
            if (distinct.size() < 64) distinct.putIfAbsent(hex(sha256(one)), one);
        }
        // A fingerprint that would give the key away, for it could be looked up or guessed, is not shown.
        List<String> shown = distinct.entrySet().stream()
                .filter(one -> !proofOnly && one.getValue().length >= least && !PUBLISHED.contains(one.getKey().substring(0, 12)))
                .map(one -> quoted(one.getKey().substring(0, 8))).toList();
        String first = quoted(distinct.keySet().iterator().next().substring(0, 8));
        Map<String, String> members = new LinkedHashMap<>();
        if (shown.contains(first)) members.put("fingerprint", first);
        if (!shown.isEmpty()) members.put("accepts", "[" + String.join(",", shown) + "]");
        if (shown.size() < distinct.size()) members.put("reveal", quoted("proof"));
        members.put("service", quoted(service));
        labels.forEach((name, value) -> members.put(name, quoted(value)));
        if (now.version() != null) members.put("version", quoted(now.version()));
        if (now.loadedAt() != null) members.put("loadedAt", quoted(now.loadedAt().truncatedTo(ChronoUnit.SECONDS).toString()));
        for (String nonce : challenges) {
            byte[] message = ("jwtcheck-proof-v1\n" + service + "\n" + nonce).getBytes(StandardCharsets.UTF_8);
            List<String> proofs = new ArrayList<>();
            for (byte[] one : distinct.values()) {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(one, "HmacSHA256"));
                proofs.add(quoted(Base64.getUrlEncoder().withoutPadding().encodeToString(mac.doFinal(message))));
            }
            members.put("proof", proofs.get(0));
            if (proofs.size() > 1) members.put("proofs", "[" + String.join(",", proofs) + "]");
        }
        return answer(200, "application/json", members);
    }

    /** An error of this class, whose message holds nothing of a secret. */
    static final class KeyException extends Exception {
        private static final long serialVersionUID = 1;

        KeyException(String message) {
            super(message);
        }
    }

    /** A log that fails is no reason not to answer. */
    private void quietly(Exception error) {
        try {
            onError.accept(error);
        } catch (RuntimeException failed) {
            System.getLogger("jwtcheck").log(System.Logger.Level.WARNING, "onError failed");
        }
    }

    /** At most once a minute; the message of a foreign error is left out, for it may quote the secret. */
    private static Consumer<Exception> errorLog(String service) {
        AtomicLong last = new AtomicLong(System.nanoTime() - MINUTE);
        return error -> {
            long now = System.nanoTime();
            long before = last.get();
            if (now - before < MINUTE || !last.compareAndSet(before, now)) return;
            System.getLogger("jwtcheck").log(System.Logger.Level.ERROR, "the secret of " + quoted(service)
                    + " could not be read (onError receives the whole error): " + kindOf(error));
        };
    }

    /** The class of an error and where it was thrown; its message only where that holds no key. */
    static String kindOf(Exception error) {
        if (error instanceof KeyException) return error.getMessage();
        StackTraceElement[] frames = error.getStackTrace();
        return error.getClass().getName() + (frames.length == 0 ? "" : " at " + frames[0]);
    }

    private static Answer problem(int status, String detail, String... header) {
        Map<String, String> members = new LinkedHashMap<>();
        members.put("type", quoted("about:blank"));
        members.put("title", quoted(TITLES.get(status)));
        members.put("status", String.valueOf(status));
        members.put("detail", quoted(detail));
        Answer answer = answer(status, "application/problem+json", members);
        if (header.length == 2) answer.headers().put(header[0], header[1]);
        return answer;
    }

    private static Answer answer(int status, String type, Map<String, String> members) {
        List<String> parts = new ArrayList<>();
        members.forEach((name, value) -> parts.add(quoted(name) + ":" + value));
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", type);
        headers.put("Cache-Control", "no-store");
        headers.put("X-Content-Type-Options", "nosniff");
        return new Answer(status, headers, "{" + String.join(",", parts) + "}");
    }

    /** Which token it is, and -1 for none. Hashes are compared, all of them every time: how long it takes tells nothing. */
    private int holderOf(String authorization) {
        Matcher match = BEARER.matcher(authorization == null ? "" : authorization);
        byte[] hash = sha256((match.matches() ? match.group(1) : "").getBytes(StandardCharsets.UTF_8));
        int found = -1;
        for (int index = 0; index < known.size(); index++)
            if (MessageDigest.isEqual(known.get(index), hash)) found = index;
        return found;
    }

    private static boolean isName(String service) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(java.nio.CharBuffer.wrap(service));
            return bytes.limit() >= 1 && bytes.limit() <= 128 && service.chars().allMatch(c -> c >= 0x20 && c != 0x7f);
        } catch (CharacterCodingException error) {
            return false;
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException error) {
            throw new IllegalStateException(error); // Every JDK has it.
        }
    }

    private static String hex(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte one : bytes) text.append(String.format("%02x", one));
        return text.toString();
    }

    /** RFC 8259 §7. */
    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') json.append('\\').append(c);
            else if (c < 0x20) json.append(String.format("\\u%04x", (int) c));
            else json.append(c);
        }
        return json.append('"').toString();
    }

    /** A token bucket for each caller, so that none can use up what others have; the callers that were seen last keep theirs. */
    private static final class Limit {
        private record Bucket(double left, long last) {}

        private final double most;
        private final double perNano;
        private final Map<String, Bucket> buckets = new LinkedHashMap<>();

        Limit(int requests, int seconds) {
            most = requests;
            perNano = requests / (seconds * 1e9);
        }

        /** 0 where a request may pass, otherwise whole seconds to wait. */
        synchronized int take(String caller) {
            long now = System.nanoTime();
            Bucket before = buckets.remove(caller);
            double left = before == null ? most : Math.min(most, before.left() + (now - before.last()) * perNano);
            boolean passes = left >= 1;
            buckets.put(caller, new Bucket(passes ? left - 1 : left, now));
            if (buckets.size() > 1000) buckets.remove(buckets.keySet().iterator().next());
            return passes ? 0 : Math.max(1, (int) Math.ceil((1 - left) / perNano / 1e9));
        }
    }
}
