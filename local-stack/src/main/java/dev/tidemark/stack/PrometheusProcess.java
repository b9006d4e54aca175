package dev.tidemark.stack;

import java.nio.file.Path;
import java.util.List;

/** A Prometheus server, from the program that this machine has. */
public final class PrometheusProcess extends HttpServer {

    private final Path configuration;

    /** @param configuration its {@code prometheus.yml} */
    public PrometheusProcess(Path configuration) {
        super("prometheus", FreePort.next(), "/-/ready");
        this.configuration = configuration;
    }

    @Override
    List<String> command() {
        return List.of(
                "prometheus",
                "--config.file=" + configuration,
                "--storage.tsdb.path=" + directory().resolve("data"),
                "--web.listen-address=127.0.0.1:" + port(),
                "--log.level=warn");
    }
}
