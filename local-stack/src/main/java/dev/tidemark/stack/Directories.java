package dev.tidemark.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Where servers keep their data and write their logs. */
final class Directories {

    /** Keeps the logs in this directory. Without it they go with the data. */
    private static final String LOGS = "tidemark.logs";

    private static final AtomicInteger COUNTER = new AtomicInteger();

    private Directories() {}

    /** A new directory that is removed with this JVM at the latest. */
    static Path temporary(String name) {
        try {
            Path directory = Files.createTempDirectory("tidemark-" + name + "-");
            Watchdog.remove(directory);
            return directory;
        } catch (IOException e) {
            throw new StackException("no directory for " + name, e);
        }
    }

    /** A log file of its own for each server of each JVM. */
    static Path log(String name, Path otherwise) {
        String kept = System.getProperty(LOGS);
        if (kept == null) {
            return otherwise.resolve(name + ".log");
        }
        try {
            Path directory = Files.createDirectories(Path.of(kept));
            return directory.resolve(
                    "%s-%d-%d.log".formatted(name, ProcessHandle.current().pid(), COUNTER.incrementAndGet()));
        } catch (IOException e) {
            throw new StackException("no directory for logs at " + kept, e);
        }
    }

    static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new StackException("could not remove " + directory, e);
        }
    }
}
