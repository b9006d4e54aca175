package dev.tidemark.stack;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;

/** One of our services from its runnable jar. It counts as started when its liveness probe says so. */
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
}
