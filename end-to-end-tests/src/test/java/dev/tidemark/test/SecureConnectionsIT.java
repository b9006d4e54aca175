package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.stack.Database;
import dev.tidemark.stack.ServiceProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** TLS and passwords on all connections, by the settings of docs/security.md: changes flow with them, and with nothing less. */
@Tag("long")
class SecureConnectionsIT {

    private static final String DATABASE_PASSWORD = "secret-of-the-databases";
    private static final String BROKER_PASSWORD = "secret-of-the-broker";

    @TempDir
    private static Path directory;

    private static CertificateAuthority authority;
    private static SecuredServers servers;

    @RegisterExtension
    final Pipelines pipelines = Pipelines.perTest();

    private Pipeline pipeline;

    @BeforeAll
    static void start() throws IOException {
        authority = CertificateAuthority.create(Files.createDirectory(directory.resolve("right")), "localhost");
        CertificateAuthority.create(Files.createDirectory(directory.resolve("wrong")), "localhost");
        servers = new SecuredServers(authority, DATABASE_PASSWORD, BROKER_PASSWORD);
    }

    @AfterAll
    static void stop() {
        servers.close();
    }

    @BeforeEach
    void createTables() {
        pipeline = pipelines.create(servers.stack(), Items.TABLE).overHttps(authority.trust());
        Items.create(pipeline, Items.TABLE);
        pipeline.source().execute(Items.fill(Items.TABLE, 100));
    }

    /** What is wrong with the settings, and what a service has to say of it at least. */
    private enum Fault {
        OTHER_AUTHORITY(
                List.of("unable to find valid certification path"), List.of("unable to find valid certification path")),
        OTHER_HOST(
                List.of("No subject alternative names matching IP address 127.0.0.1"),
                List.of("127.0.0.1", "could not be verified")),
        OTHER_PASSWORD(
                List.of("invalid credentials", "SCRAM-SHA-512"), List.of("password authentication failed", "tidemark")),
        NO_LOGIN_NO_TLS(List.of("does not answer", "by SSL"), List.of("pg_hba.conf", "no encryption"));

        private final String[] kafka;
        private final String[] database;

        Fault(List<String> kafka, List<String> database) {
            this.kafka = kafka.toArray(String[]::new);
            this.database = database.toArray(String[]::new);
        }

        SecuredSettings toKafka(SecuredSettings right) {
            return switch (this) {
                case OTHER_AUTHORITY -> right.in("_KAFKA_TRUSTSTORE", "/right/", "/wrong/");
                case OTHER_HOST -> right.in("BOOTSTRAP", "localhost", "127.0.0.1");
                case OTHER_PASSWORD -> right.in("JAAS", BROKER_PASSWORD, "not-" + BROKER_PASSWORD);
                case NO_LOGIN_NO_TLS -> right.in("PROTOCOL", "SASL_SSL", "SSL");
            };
        }

        SecuredSettings toDatabase(SecuredSettings right) {
            return switch (this) {
                case OTHER_AUTHORITY -> right.in("DATASOURCE_URL", "/right/", "/wrong/");
                case OTHER_HOST -> right.in("DATASOURCE_URL", "localhost", "127.0.0.1");
                case OTHER_PASSWORD -> right.in("DATASOURCE_PASSWORD", DATABASE_PASSWORD, "not-" + DATABASE_PASSWORD);
                case NO_LOGIN_NO_TLS -> right.in("DATASOURCE_URL", "verify-full", "disable");
            };
        }
    }

    @Test
    void letChangesFlowWithTheRightSettingsOnly() {
        for (Fault fault : Fault.values()) {
            blocks(fault);
        }
        ServiceProcess producer = producer(rightSettings(servers.stack().source()));
        ServiceProcess consumer = consumer(rightSettings(servers.stack().destination()));
        producer.launch();
        consumer.launch();
        Tables.assertEqual(pipeline, Items.TABLE);
        pipeline.source()
                .execute(
                        "UPDATE public.item SET flag = NOT flag WHERE id % 3 = 0; DELETE FROM public.item WHERE id % 7 = 0");
        Tables.assertEqual(pipeline, Items.TABLE);
        assertThat(letters()).isZero();
        sendsDeadLetters();
        Secrets.assertUntold(List.of(producer, consumer), DATABASE_PASSWORD, BROKER_PASSWORD);
    }

    private void blocks(Fault fault) {
        SecuredSettings atSource = rightSettings(servers.stack().source());
        SecuredSettings atDestination = rightSettings(servers.stack().destination());
        ServiceProcess withoutKafka = producer(fault.toKafka(atSource));
        ServiceProcess withoutSource = producer(fault.toDatabase(atSource));
        ServiceProcess withoutBoth = consumer(fault.toDatabase(fault.toKafka(atDestination)));
        List<ServiceProcess> services = List.of(withoutKafka, withoutSource, withoutBoth);
        services.forEach(ServiceProcess::launch);
        services.forEach(ServiceProcess::awaitReady);
        awaitBlame(fault, withoutSource, fault.database);
        awaitBlame(fault, withoutKafka, fault.kafka);
        awaitBlame(fault, withoutBoth, fault.database);
        awaitBlame(fault, withoutBoth, fault.kafka);
        Secrets.assertUntold(services, DATABASE_PASSWORD, BROKER_PASSWORD);
        services.forEach(ServiceProcess::kill);
        assertThat(pipeline.destination().number("SELECT count(*) FROM " + Items.TABLE))
                .isZero();
    }

    private static void awaitBlame(Fault fault, ServiceProcess service, String... parts) {
        Await.until(
                "health DOWN because of %s in %s".formatted(fault, service.log()),
                () -> Health.of(service).blames(parts));
        assertThat(service.log()).as("%s", fault).content().contains(parts);
    }

    private void sendsDeadLetters() {
        pipeline.destination()
                .execute("ALTER TABLE public.item ADD CONSTRAINT no_elevens CHECK (id % 11 <> 0) NOT VALID");
        pipeline.source().execute("UPDATE public.item SET flag = NOT flag WHERE id = 11");
        Await.until(
                "the dead letter is published",
                () -> pipeline.destination().number("SELECT count(published_at) FROM cdc.dead_letter") == 1);
    }

    private long letters() {
        return pipeline.destination().number("SELECT count(*) FROM cdc.dead_letter");
    }

    private SecuredSettings rightSettings(Database server) {
        return SecuredSettings.documented(
                        directory.resolve("right"),
                        servers.brokerPort(),
                        server,
                        pipeline.source().name())
                .in("JAAS", "\"secret\"", '"' + BROKER_PASSWORD + '"')
                .in("DATASOURCE_PASSWORD", "secret", DATABASE_PASSWORD)
                .with("MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE", "*")
                .with("SPRING_DATASOURCE_HIKARI_CONNECTIONTIMEOUT", "1000"); // or each endpoint takes 5 s to say no
    }

    private ServiceProcess producer(SecuredSettings settings) {
        settings.map().forEach(pipeline::producerWith);
        return pipeline.newProducer();
    }

    private ServiceProcess consumer(SecuredSettings settings) {
        settings.map().forEach(pipeline::consumerWith);
        return pipeline.newConsumer();
    }
}
