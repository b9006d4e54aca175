package dev.tidemark.test;

import dev.tidemark.stack.FreePort;
import dev.tidemark.stack.Stack;
import dev.tidemark.stack.StackOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;

/**
 * A stack that lets the services in only by TLS and with their password, by SCRAM. The certificate of all servers is for {@code localhost}. Tests come in as
 * ever: as superuser of the databases, and by the broker's plain listener.
 */
final class SecuredServers implements AutoCloseable {

    static final String USER = "tidemark";

    private static final String HBA = """
            hostssl all %1$s all scram-sha-256
            host    all %1$s all reject
            host    all all  all trust
            """.formatted(USER);

    private static final ScramMechanism MECHANISM = ScramMechanism.SCRAM_SHA_512;

    private final int brokerPort = FreePort.next();
    private final Stack stack;

    SecuredServers(CertificateAuthority authority, String databasePassword, String brokerPassword) {
        stack = Stack.embedded(withBroker(withDatabases(StackOptions.defaults(), authority), authority));
        String role = "CREATE ROLE %s LOGIN SUPERUSER PASSWORD '%s'".formatted(USER, databasePassword);
        stack.source().execute(role);
        stack.destination().execute(role);
        admit(brokerPassword);
    }

    private static StackOptions withDatabases(StackOptions options, CertificateAuthority authority) {
        Path hba = authority.file("pg_hba.conf");
        try {
            Files.writeString(hba, HBA);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        Map<String, String> settings = Map.of(
                "ssl", "on",
                "ssl_cert_file", authority.file("server.pem").toString(),
                "ssl_key_file", authority.file("server.key").toString(),
                "hba_file", hba.toString());
        StackOptions secured = options;
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            secured = secured.withSource(setting.getKey(), setting.getValue())
                    .withDestination(setting.getKey(), setting.getValue());
        }
        return secured;
    }

    private StackOptions withBroker(StackOptions options, CertificateAuthority authority) {
        return options.withBroker("listeners", "SASL_SSL://127.0.0.1:" + brokerPort)
                .withBroker("advertised.listeners", "SASL_SSL://localhost:" + brokerPort)
                .withBroker(
                        "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL")
                .withBroker("ssl.keystore.type", "PEM")
                .withBroker(
                        "ssl.keystore.location", authority.file("keystore.pem").toString())
                .withBroker("sasl.enabled.mechanisms", MECHANISM.mechanismName())
                .withBroker(
                        "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config",
                        "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    }

    Stack stack() {
        return stack;
    }

    int brokerPort() {
        return brokerPort;
    }

    /** The broker knows the user by this password, and by no other. */
    void admit(String password) {
        alter(new UserScramCredentialUpsertion(USER, new ScramCredentialInfo(MECHANISM, 4096), password));
    }

    /** The broker knows the user no more. */
    void expel() {
        alter(new UserScramCredentialDeletion(USER, MECHANISM));
    }

    private void alter(UserScramCredentialAlteration alteration) {
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", stack.broker().bootstrapServers()))) {
            admin.alterUserScramCredentials(List.of(alteration)).all().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        stack.close();
    }
}
