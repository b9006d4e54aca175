package dev.tidemark.stack;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * The PostgreSQL programs from the class path, unpacked once per version and user.
 *
 * <p>The directory is named by the archive's digest, filled beside its place and moved there whole: what exists is complete, and two
 * JVMs that unpack at once do no harm.
 */
final class PostgresBinaries {

    private static final Path CACHE =
            Path.of(System.getProperty("tidemark.cache", System.getProperty("user.home") + "/.cache/tidemark"));

    private PostgresBinaries() {}

    /** The directory of {@code bin}, {@code lib} and {@code share}. */
    static synchronized Path unpacked() {
        try {
            Path home = CACHE.resolve("postgres-" + digest());
            if (!Files.isDirectory(home)) {
                Files.createDirectories(CACHE);
                Path fresh = Files.createTempDirectory(CACHE, "unpacking-");
                unpack(fresh);
                publish(fresh, home);
            }
            return home;
        } catch (IOException | NoSuchAlgorithmException e) {
            throw new StackException("could not unpack PostgreSQL into " + CACHE, e);
        }
    }

    private static void publish(Path fresh, Path home) throws IOException {
        try {
            Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Directories.delete(fresh);
            if (!Files.isDirectory(home)) {
                throw e;
            }
        }
    }

    private static String digest() throws IOException, NoSuchAlgorithmException {
        try (DigestInputStream in = new DigestInputStream(archive(), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest(), 0, 8);
        }
    }

    private static InputStream archive() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac") ? "darwin" : "linux";
        String arch = System.getProperty("os.arch").equals("aarch64") ? "arm_64" : "x86_64";
        String name = "/postgres-%s-%s.txz".formatted(os, arch);
        InputStream in = PostgresBinaries.class.getResourceAsStream(name);
        if (in == null) {
            throw new StackException("no PostgreSQL for this machine on the class path: " + name);
        }
        return new BufferedInputStream(in, 1 << 16);
    }

    private static void unpack(Path into) throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new XZCompressorInputStream(archive()))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path target = into.resolve(entry.getName()).normalize();
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(target.getParent());
                    write(tar, entry, target);
                }
            }
        }
    }

    private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path target) throws IOException {
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(tar, target);
        if ((entry.getMode() & 0100) != 0) {
            Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }
}
