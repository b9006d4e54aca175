package dev.tidemark.test;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** An authority of a test's own and the certificate of a server that it has signed, as PEM files in a directory. Made by the JDK's keytool. */
final class CertificateAuthority {

    private static final String PASSWORD = "changeit";

    private final Path directory;
    private final KeyStore store;

    private CertificateAuthority(Path directory, KeyStore store) {
        this.directory = directory;
        this.store = store;
    }

    /**
     * Writes {@code ca.pem}, {@code server.pem} with the whole chain, {@code server.key}, and {@code keystore.pem} with both of the server's.
     *
     * @param directory empty
     * @param host the only name that the server's certificate is good for
     */
    static CertificateAuthority create(Path directory, String host) {
        Path file = directory.resolve("keystore.p12");
        generate(
                file,
                "-alias",
                "ca",
                "-dname",
                "CN=the authority of " + directory.getFileName(),
                "-ext",
                "bc:critical=ca:true");
        generate(file, "-alias", "server", "-signer", "ca", "-dname", "CN=" + host, "-ext", "san=dns:" + host);
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, PASSWORD.toCharArray());
            CertificateAuthority authority = new CertificateAuthority(directory, store);
            authority.export();
            return authority;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("no certificates in " + directory, e);
        }
    }

    private static void generate(Path file, String... what) {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/keytool"));
        command.addAll(List.of("-genkeypair", "-keyalg", "EC", "-validity", "2", "-keystore", file.toString()));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
        command.addAll(List.of(what));
        try {
            Process keytool =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (keytool.waitFor() != 0) {
                throw new IllegalStateException(command + " failed: " + output);
            }
        } catch (IOException e) {
            throw new IllegalStateException("could not run keytool", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void export() throws IOException, GeneralSecurityException {
        StringBuilder chain = new StringBuilder();
        for (Certificate certificate : store.getCertificateChain("server")) {
            chain.append(pem("CERTIFICATE", certificate.getEncoded()));
        }
        String key = pem(
                "PRIVATE KEY", store.getKey("server", PASSWORD.toCharArray()).getEncoded());
        Files.writeString(
                file("ca.pem"), pem("CERTIFICATE", store.getCertificate("ca").getEncoded()));
        Files.writeString(file("server.pem"), chain);
        Files.writeString(file("server.key"), key);
        Files.writeString(file("keystore.pem"), key + chain);
        // PostgreSQL uses no key that others can read.
        Files.setPosixFilePermissions(file("server.key"), PosixFilePermissions.fromString("rw-------"));
    }

    private static String pem(String type, byte[] content) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(type, text);
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    /** Accepts what this authority has signed, and nothing else. */
    SSLContext trust() {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("ca", store.getCertificate("ca"));
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
