package dev.tidemark.stack;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import javax.net.ssl.SSLContext;

/** A child process that speaks HTTP on a port of loopback, and counts as started when its readiness path answers with 200. */
abstract class HttpServer extends ChildServer {

    /** Some endpoints wait for a connection to a database. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration PATIENCE_AT_START = Duration.ofSeconds(5);

    private final int port;
    private final String readiness;
    private final String origin;
    private final HttpClient http;

    HttpServer(String label, int port, String readiness) {
        this(label, port, readiness, "http://127.0.0.1", HttpClient.newBuilder());
    }

    /** A server that speaks HTTPS, with a certificate for {@code localhost}. */
    HttpServer(String label, int port, String readiness, SSLContext trust) {
        this(
                label,
                port,
                readiness,
                "https://localhost",
                HttpClient.newBuilder().sslContext(trust));
    }

    private HttpServer(String label, int port, String readiness, String host, HttpClient.Builder http) {
        super(label, "TERM");
        this.port = port;
        this.readiness = readiness;
        this.origin = host + ":" + port;
        this.http = http.connectTimeout(Duration.ofSeconds(2)).build();
    }

    public int port() {
        return port;
    }

    public URI uri(String path) {
        return URI.create(origin + path);
    }

    /** A request for a path, with the credentials that it needs. */
    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path));
    }

    /** The answer's body, whatever its status: a health endpoint that says DOWN answers with 503. */
    public String get(String path) {
        try {
            return answer(path, PATIENCE).body();
        } catch (IOException e) {
            throw new StackException("GET " + uri(path) + " failed", e);
        }
    }

    @Override
    boolean answers() {
        try {
            return answer(readiness, PATIENCE_AT_START).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private HttpResponse<String> answer(String path, Duration patience) throws IOException {
        try {
            return http.send(request(path).timeout(patience).build(), BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        }
    }
}
