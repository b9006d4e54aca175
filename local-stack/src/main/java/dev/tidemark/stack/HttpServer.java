package dev.tidemark.stack;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** A child process that speaks HTTP on a port of loopback, and counts as started when its readiness path answers with 200. */
abstract class HttpServer extends ChildServer {

    private final int port;
    private final String readiness;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    HttpServer(String label, int port, String readiness) {
        super(label, "TERM");
        this.port = port;
        this.readiness = readiness;
    }

    public int port() {
        return port;
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** The answer's body, whatever its status: a health endpoint that says DOWN answers with 503. */
    public String get(String path) {
        try {
            return request(path).body();
        } catch (IOException e) {
            throw new StackException("GET " + uri(path) + " failed", e);
        }
    }

    @Override
    boolean answers() {
        try {
            return request(readiness).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private HttpResponse<String> request(String path) throws IOException {
        HttpRequest request =
                HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(5)).build();
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        }
    }
}
