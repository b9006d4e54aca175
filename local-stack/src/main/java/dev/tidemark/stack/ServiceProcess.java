package dev.tidemark.stack;

import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;

/** One of our services from its runnable jar. It counts as started when its liveness probe says so. If it has users, it is asked as the first of them. */
public final class ServiceProcess extends HttpServer {

    private static final String READINESS = "/actuator/health/liveness";

    private final Service service;

    /** Nothing runs before {@link #start()}. */
    public ServiceProcess(Service service) {
        super(service.name(), service.port(), READINESS);
        this.service = service;
    }

    /**
     * A service that is configured to speak HTTPS.
     *
     * @param trust accepts its certificate, which is for {@code localhost}
     */
    public ServiceProcess(Service service, SSLContext trust) {
        super(service.name(), service.port(), READINESS, trust);
        this.service = service;
    }

    @Override
    public HttpRequest.Builder request(String path) {
        String user = service.environment().get("CDC_SECURITY_USERS_0_NAME");
        if (user == null) {
            return super.request(path);
        }
        String password = service.environment()
                .getOrDefault("CDC_SECURITY_USERS_0_PASSWORD", "")
                .replaceFirst("^\\{noop}", "");
        byte[] credentials = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return super.request(path)
                .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
    }

    @Override
    List<String> command() {
        return service.command();
    }

    @Override
    Map<String, String> environment() {
        return service.environment();
    }
}
