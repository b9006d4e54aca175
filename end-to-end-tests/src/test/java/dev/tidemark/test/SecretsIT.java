package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.stack.FreePort;
import dev.tidemark.stack.ServiceProcess;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A password that stands where it cannot work is not told either. (What is told of passwords that are refused: {@link SecureConnectionsIT}.) */
class SecretsIT {

    private static final String SECRET = "distinctive-secret";

    @RegisterExtension
    final Pipelines pipelines = Pipelines.perTest();

    @Test
    void ofUrlsThatLeadNowhereAreNotTold() {
        Pipeline pipeline = pipelines.create(Items.TABLE);
        List<ServiceProcess> services = new ArrayList<>();
        for (String url : List.of(
                "jdbc:postgresql://localhost:%d/shop?user=tidemark&password=%s".formatted(FreePort.next(), SECRET),
                "jdbc:postgresql://tidemark:%s@localhost/shop".formatted(SECRET))) {
            pipeline.producerWith("SPRING_DATASOURCE_URL", url)
                    .producerWith("MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE", "*")
                    .producerWith("SPRING_DATASOURCE_HIKARI_CONNECTIONTIMEOUT", "1000");
            pipeline.consumerWith("SPRING_DATASOURCE_URL", url)
                    .consumerWith("MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE", "*")
                    .consumerWith("SPRING_DATASOURCE_HIKARI_CONNECTIONTIMEOUT", "1000");
            services.add(pipeline.newProducer());
            services.add(pipeline.newConsumer());
        }
        services.forEach(ServiceProcess::launch);
        for (ServiceProcess service : services) {
            Await.until(
                    "a word of " + service.log(),
                    () -> !service.alive() || Health.of(service).status().equals("DOWN"));
        }
        Secrets.assertUntold(services, SECRET);
        assertThat(services).extracting(ServiceProcess::alive).containsExactly(true, true, false, false);
        assertThat(services.get(2).log()).content().contains("set spring.datasource.username");
        assertThat(services.get(3).log()).content().contains("set spring.datasource.username");
    }
}
