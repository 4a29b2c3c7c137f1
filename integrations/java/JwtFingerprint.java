import com.sun.net.httpserver.HttpHandler;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The fingerprint endpoint that jwtcheck asks, for the JDK's own HTTP server, servlets and Spring. See docs/endpoint.md of
 * jwtcheck. All but {@link #handler()} is of no particular server.
 */
public final class JwtFingerprint {
    /** What to answer. */
    public record Answer(int status, Map<String, String> headers, String body) {}

    private static final Pattern CHALLENGE = Pattern.compile("[A-Za-z0-9_-]{22,86}");
    private static final Pattern BEARER = Pattern.compile("(?i:bearer) +([^ ]+) *");
    private static final Map<Integer, String> TITLES = Map.of(400, "Bad Request", 401, "Unauthorized",
            405, "Method Not Allowed", 429, "Too Many Requests", 503, "Service Unavailable");

    private final String service;
    private final Callable<byte[]> secret;
    private final Callable<List<byte[]>> accepts;
    private final List<byte[]> known = new ArrayList<>();
    private final Map<String, String> told;
    private final Consumer<Exception> onError;
    // Whoever is refused has a limit of their own, so that they cannot use up that of others.
    private final Bucket admitted = new Bucket(120, 60);
    private final Bucket refused = new Bucket(120, 60);

    /**
     * @param service the name that proofs are bound to
     * @param secret asked at each request: the key that signs and verifies now
     * @param accepts asked at each request: other keys that verify; none in general
     * @param tokens who sends one of these as Authorization: Bearer may ask
     * @param told instance, version, environment, algorithm, as they are
     * @param onError told why a secret could not be read: no answer says it
     * @throws IllegalArgumentException where it would be useless or open to all
     */
    public JwtFingerprint(String service, Callable<byte[]> secret, Callable<List<byte[]>> accepts, List<String> tokens,
            Map<String, String> told, Consumer<Exception> onError) {
        if (!isName(service))
            throw new IllegalArgumentException("service must have 1 to 128 bytes without control characters");
        if (tokens.isEmpty() || tokens.stream().anyMatch(token -> token.length() < 16))
            throw new IllegalArgumentException("tokens must have at least 16 characters each");
        this.service = service;
        this.secret = secret;
        this.accepts = accepts;
        this.told = told;
        this.onError = onError;
        for (String token : tokens) known.add(sha256(token.getBytes(StandardCharsets.UTF_8)));
    }

    /** For com.sun.net.httpserver. */
    public HttpHandler handler() {
        return exchange -> {
            try (exchange) {
                Answer answer = answer(exchange.getRequestMethod(), exchange.getRequestHeaders().getFirst("Authorization"),
                        exchange.getRequestURI().getRawQuery());
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
        if (!method.equals("GET") && !method.equals("HEAD"))
            return problem(405, "Ask with GET.", "Allow", "GET, HEAD");
        boolean allowed = isKnown(authorization);
        int wait = (allowed ? admitted : refused).take();
        if (wait > 0) return problem(429, "Ask again in " + wait + " s.", "Retry-After", String.valueOf(wait));
        if (!allowed)
            return problem(401, "Send the token as Authorization: Bearer.", "WWW-Authenticate",
                    "Bearer realm=\"jwt-fingerprint\"");
        List<String> challenges = new ArrayList<>();
        for (String part : (query == null ? "" : query).split("&"))
            if (part.equals("challenge") || part.startsWith("challenge="))
                challenges.add(part.substring(Math.min(part.length(), "challenge=".length())));
        if (challenges.size() > 1 || !challenges.stream().allMatch(one -> CHALLENGE.matcher(one).matches()))
            return problem(400, "A challenge is 22 to 86 characters of base64url, once.");
        try {
            return tell(challenges);
        } catch (Exception error) { // What went wrong may hold the secret.
            onError.accept(error);
            return problem(503, "The secret could not be read; the log of the service may say why.");
        }
    }

    private Answer tell(List<String> challenges) throws Exception {
        byte[] key = secret.call();
        List<byte[]> keys = new ArrayList<>(List.of(key));
        keys.addAll(accepts.call());
        Set<String> shown = new LinkedHashSet<>();
        for (byte[] one : keys) {
            if (one.length == 0) throw new IllegalStateException("the key is empty");
            if (shown.size() < 64) shown.add(hex(sha256(one)).substring(0, 8));
        }
        Map<String, String> members = new LinkedHashMap<>();
        members.put("fingerprint", quoted(shown.iterator().next()));
        members.put("accepts", "[" + String.join(",", shown.stream().map(JwtFingerprint::quoted).toList()) + "]");
        members.put("service", quoted(service));
        told.forEach((name, value) -> members.put(name, quoted(value)));
        for (String nonce : challenges) {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            byte[] proof = mac.doFinal(("jwtcheck-proof-v1\n" + service + "\n" + nonce).getBytes(StandardCharsets.UTF_8));
            members.put("proof", quoted(Base64.getUrlEncoder().withoutPadding().encodeToString(proof)));
        }
        return answer(200, "application/json", members);
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

    /** Hashes are compared, all of them every time: how long it takes tells nothing. */
    private boolean isKnown(String authorization) {
        Matcher match = BEARER.matcher(authorization == null ? "" : authorization);
        byte[] hash = sha256((match.matches() ? match.group(1) : "").getBytes(StandardCharsets.UTF_8));
        boolean found = false;
        for (byte[] one : known) found |= MessageDigest.isEqual(one, hash);
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

    /** A token bucket: take gives 0 where a request may pass, otherwise whole seconds to wait. */
    private static final class Bucket {
        private final double most;
        private final double perNano;
        private double left;
        private long last = System.nanoTime();

        Bucket(int requests, int seconds) {
            most = left = requests;
            perNano = requests / (seconds * 1e9);
        }

        synchronized int take() {
            long now = System.nanoTime();
            left = Math.min(most, left + (now - last) * perNano);
            last = now;
            if (left >= 1) {
                left -= 1;
                return 0;
            }
            return Math.max(1, (int) Math.ceil((1 - left) / perNano / 1e9));
        }
    }
}
