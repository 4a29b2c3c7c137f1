import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import jwtcheck.JwtFingerprint;
import jwtcheck.KeyRing;

/**
 * A service that follows the aliases of a secret in Google Secret Manager, so that {@code jwtcheck rotate} can replace its key. It
 * signs with {@code current}, and accepts {@code current}, {@code next} and {@code previous}. Only the JDK is needed; with a JSON
 * and a JWT library, it is shorter.
 *
 * <pre>
 * export JWT_SECRET=projects/PROJECT/secrets/SECRET FINGERPRINT_TOKEN=… MINT_TOKEN=…
 * javac -d classes JwtFingerprint.java KeyRing.java Example.java
 * java -cp classes Example
 * </pre>
 */
public final class Example {
    private static final String SECRET = System.getenv("JWT_SECRET");
    private static final String API = variable("SECRET_MANAGER_ENDPOINT", "https://secretmanager.googleapis.com");
    private static final String METADATA = variable("GCE_METADATA_HOST", "metadata.google.internal");
    private static final String MINT_TOKEN = variable("MINT_TOKEN", "");
    private static final long TOKEN_SECONDS = Long.parseLong(variable("TOKEN_SECONDS", "900"));
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    /**
     * The key of an alias; null where there is no such alias, or its version is disabled. This calls the REST API with the service
     * account of the machine. With google-cloud-secretmanager:
     *
     * <pre>
     * try {
     *     var found = client.accessSecretVersion(SECRET + "/versions/" + alias);
     *     String name = found.getName();
     *     return new KeyRing.Key(found.getPayload().getData().toByteArray(), name.substring(name.lastIndexOf('/') + 1));
     * } catch (NotFoundException | FailedPreconditionException missing) {
     *     return null;
     * }
     * </pre>
     */
    private static KeyRing.Key read(String alias) throws Exception {
        var account = get("http://" + METADATA + "/computeMetadata/v1/instance/service-accounts/default/token", "Metadata-Flavor",
                "Google");
        if (account.statusCode() != 200) throw new IOException("the metadata server answered " + account.statusCode());
        var found = get(API + "/v1/" + SECRET + "/versions/" + alias + ":access", "Authorization",
                "Bearer " + text(account.body(), "access_token"));
        if (found.statusCode() != 200) {
            String status = text(found.body(), "status");
            if (status.equals("NOT_FOUND") || status.equals("FAILED_PRECONDITION")) return null;
            throw new IOException("Secret Manager answered " + found.statusCode());
        }
        String name = text(found.body(), "name");
        return new KeyRing.Key(Base64.getDecoder().decode(text(found.body(), "data")), name.substring(name.lastIndexOf('/') + 1));
    }

    private static HttpResponse<String> get(String url, String header, String value) throws Exception {
        // A time limit: while a reading hangs, no other one begins.
        var request = HttpRequest.newBuilder(URI.create(url)).header(header, value).timeout(Duration.ofSeconds(5)).build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** The first member of this name that is a string without escapes. */
    private static String text(String json, String name) throws IOException {
        Matcher match = Pattern.compile('"' + name + "\"\\s*:\\s*\"([^\"\\\\]*)\"").matcher(json);
        if (!match.find()) throw new IOException("the answer has no " + name);
        return match.group(1);
    }

    private static String sign(KeyRing.Keys keys, String subject) throws GeneralSecurityException {
        long now = Instant.now().getEpochSecond();
        String content = encoded("{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + "."
                + encoded("{\"sub\":\"" + subject + "\",\"iat\":" + now + ",\"exp\":" + (now + TOKEN_SECONDS) + "}");
        return content + "." + ENCODER.encodeToString(mac(keys.sign(), content));
    }

    /** The subject; null where the token is not valid. A token does not say which key signed it, so each is tried. */
    private static String verify(KeyRing.Keys keys, String token) throws GeneralSecurityException {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) return null;
        try {
            byte[] signature = Base64.getUrlDecoder().decode(parts[2]);
            boolean isSigned = false;
            for (byte[] key : keys.accepts())
                isSigned |= MessageDigest.isEqual(mac(key, parts[0] + "." + parts[1]), signature);
            // Only what one of the keys has signed is parsed.
            if (!isSigned || !text(decoded(parts[0]), "alg").equals("HS256")) return null;
            Matcher expiry = Pattern.compile("\"exp\"\\s*:\\s*(\\d{1,15})\\b").matcher(decoded(parts[1]));
            boolean isLive = expiry.find() && Instant.now().getEpochSecond() < Long.parseLong(expiry.group(1));
            return isLive ? text(decoded(parts[1]), "sub") : null;
        } catch (IllegalArgumentException | IOException malformed) {
            return null;
        }
    }

    private static byte[] mac(byte[] key, String content) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(content.getBytes(StandardCharsets.US_ASCII));
    }

    private static String encoded(String json) {
        return ENCODER.encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String decoded(String part) {
        return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
    }

    private static String bearer(HttpExchange exchange) {
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        return authorization != null && authorization.startsWith("Bearer ") ? authorization.substring(7) : "";
    }

    /** A body, or null for 401. */
    private interface Route {
        String answer(HttpExchange exchange) throws GeneralSecurityException;
    }

    private static void serve(HttpServer server, String path, Route route) {
        server.createContext(path, exchange -> {
            try (exchange) {
                String json = route.answer(exchange);
                byte[] body = (json == null ? "{\"error\":\"invalid token\"}" : json).getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                if (json == null) exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
                exchange.sendResponseHeaders(json == null ? 401 : 200, body.length);
                exchange.getResponseBody().write(body);
            } catch (GeneralSecurityException error) {
                throw new IOException("HMAC is not available", error);
            }
        });
    }

    public static void main(String[] arguments) throws Exception {
        double refreshSeconds = Double.parseDouble(variable("REFRESH_SECONDS", "30"));
        KeyRing ring = KeyRing.builder().read(Example::read).sign("current").accept("next", "previous")
                .refresh(Duration.ofMillis((long) (refreshSeconds * 1000))).start();
        var fingerprint = new JwtFingerprint("example", ring::keys, List.of(System.getenv("FINGERPRINT_TOKEN")),
                Map.of("instance", variable("HOSTNAME", "example"), "algorithm", "HS256"));
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(variable("PORT", "8080")));
        HttpServer server = HttpServer.create(address, 0);
        server.setExecutor(Executors.newFixedThreadPool(8));
        server.createContext("/internal/jwt-fingerprint", fingerprint.handler());
        serve(server, "/me", exchange -> {
            String subject = verify(ring.keys(), bearer(exchange));
            return subject == null ? null : "{\"subject\":\"" + subject + "\"}";
        });
        // Issues tokens for tests. In a service, this is the login.
        serve(server, "/token", exchange -> {
            byte[] expected = MINT_TOKEN.getBytes(StandardCharsets.UTF_8);
            boolean isAllowed = expected.length > 0
                    && MessageDigest.isEqual(bearer(exchange).getBytes(StandardCharsets.UTF_8), expected);
            return isAllowed ? "{\"access_token\":\"" + sign(ring.keys(), "test") + "\"}" : null;
        });
        server.start();
        System.out.println("listening on http://127.0.0.1:" + server.getAddress().getPort());
    }

    private static String variable(String name, String fallback) {
        String value = System.getenv(name);
        return value == null || value.isEmpty() ? fallback : value;
    }
}
