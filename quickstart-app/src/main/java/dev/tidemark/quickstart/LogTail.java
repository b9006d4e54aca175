package dev.tidemark.quickstart;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The last lines of a log. */
final class LogTail {

    private static final int BYTES = 4_000;

    private LogTail() {}

    static String of(Path log) {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            byte[] end = new byte[(int) Math.min(BYTES, file.length())];
            file.seek(file.length() - end.length);
            file.readFully(end);
            return log + " ends with:\n" + new String(end, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "no log at " + log;
        }
    }
}
