import jwtcheck.JwtFingerprint;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/** An endpoint for each name in SERVICES, at /0, /1 and so on. The keys are lines of the file KEYS, the one that signs first. */
public final class Server {
    private static List<byte[]> keys() throws IOException {
        List<byte[]> found = new ArrayList<>();
        for (String line : Files.readString(Path.of(System.getenv("KEYS"))).split("\n", -1))
            found.add(Base64.getUrlDecoder().decode(line));
        return found;
    }

    public static void main(String[] arguments) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newFixedThreadPool(4));
        int index = 0;
        for (String name : System.getenv("SERVICES").split(",")) {
            String service = new String(Base64.getUrlDecoder().decode(name), StandardCharsets.UTF_8);
            server.createContext("/" + index++, new JwtFingerprint(service, () -> keys().get(0),
                    () -> keys().subList(1, keys().size()), List.of(System.getenv("TOKEN")),
                    Map.of("instance", System.getenv("INSTANCE"), "reveal", System.getenv("REVEAL")), error -> {}).handler());
        }
        server.start();
        System.out.println(server.getAddress().getPort());
    }
}
