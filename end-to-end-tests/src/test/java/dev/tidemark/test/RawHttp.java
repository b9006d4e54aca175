package dev.tidemark.test;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Sends what no client would, by a socket. */
final class RawHttp {

    private RawHttp() {}

    /** @param body all that came, headers included */
    record Answer(int status, String body) {

        boolean hasBody() {
            return !body.endsWith("\r\n\r\n");
        }
    }

    /**
     * @param user nobody if empty
     * @param body each character is a byte
     */
    static Answer send(
            int port, String user, String password, String method, String path, @Nullable String type, String body) {
        StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.0\r\nHost: tidemark.example\r\n");
        if (!user.isEmpty()) {
            byte[] credentials = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
            head.append("Authorization: Basic ")
                    .append(Base64.getEncoder().encodeToString(credentials))
                    .append("\r\n");
        }
        if (type != null) {
            head.append("Content-Type: ").append(type).append("\r\n");
        }
        byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        head.append("Content-Length: ").append(bytes.length).append("\r\n\r\n");
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().write(bytes);
            String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Answer(Integer.parseInt(all.substring(9, 12)), all);
        } catch (IOException e) {
            throw new IllegalStateException(method + " on port " + port + " has failed: " + e, e);
        }
    }
}
