package dev.tidemark.stack;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One of our services from its runnable jar. It counts as started when its liveness probe says so. */
public final class ServiceProcess extends ChildServer {

    private final Service service;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    /** Nothing runs before {@link #start()}. */
    public ServiceProcess(Service service) {
        super(service.name(), "TERM");
        this.service = service;
    }

    public int port() {
        return service.port();
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
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
    List<String> command() {
        List<String> command = new ArrayList<>(List.of(Jvm.JAVA, "-Xmx" + service.heap()));
        command.addAll(service.jvmOptions());
        command.addAll(List.of("-jar", service.jar().toString()));
        return command;
    }

    @Override
    Map<String, String> environment() {
        return service.environment();
    }

    @Override
    boolean answers() {
        try {
            return request("/actuator/health/liveness").statusCode() == 200;
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
