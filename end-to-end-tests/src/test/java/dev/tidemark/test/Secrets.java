package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.stack.ServiceProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Looks for passwords wherever a service can be heard. */
final class Secrets {

    private static final List<String> ADMIN =
            List.of("status", "tables", "snapshots", "offsets", "dead-letters", "dead-letters/groups", "rules");

    private Secrets() {}

    /** Neither the log nor the command line of the services, and no answer of theirs, has any of the texts. */
    static void assertUntold(List<ServiceProcess> services, String... secrets) {
        for (ServiceProcess service : services) {
            if (service.alive()) {
                answers(service, secrets);
                assertThat(commandLine(service)).as("command line").doesNotContain(secrets);
            }
            assertThat(service.log()).content().doesNotContain(secrets);
        }
    }

    private static void answers(ServiceProcess service, String... secrets) {
        JsonNode links = JsonMapper.shared().readTree(service.get("/actuator")).path("_links");
        assertThat(links.propertyNames()).contains("health", "env", "configprops", "threaddump");
        links.propertyStream()
                .filter(link -> !link.getValue().path("templated").asBoolean())
                .map(link -> "/actuator" + (link.getKey().equals("self") ? "" : "/" + link.getKey()))
                .forEach(path -> assertThat(service.get(path)).as(path).doesNotContain(secrets));
        ADMIN.stream()
                .map(path -> "/admin/" + path)
                .forEach(path -> assertThat(service.get(path)).as(path).doesNotContain(secrets));
    }

    private static String commandLine(ServiceProcess service) {
        try {
            return Files.readString(Path.of("/proc/" + service.pid() + "/cmdline"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
