package dev.tidemark.producer.source;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;

import java.util.Arrays;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which transactions are visible, as PostgreSQL's {@code pg_snapshot} says it: all below {@code xmin}, and those below {@code xmax} that are not in progress.
 * The difference of two snapshots is exactly what was committed between them, in whatever order transactions began: the idea is PgQ's.
 *
 * @param text the snapshot as PostgreSQL writes it, {@code xmin:xmax:xip,xip…}
 * @param xmax the first transaction number not yet given out
 * @param inProgress the array of transactions in progress below xmax, as PostgreSQL writes arrays
 */
public record PgSnapshot(String text, long xmax, String inProgress) {

    /** @throws IllegalArgumentException if the text is no snapshot */
    public static PgSnapshot parse(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("'" + text + "' is no pg_snapshot");
        }
        return new PgSnapshot(text, Long.parseLong(parts[1]), "{" + parts[2] + "}");
    }

    /** A snapshot that shows all transactions below xmax but these. */
    static PgSnapshot of(long xmax, SortedSet<Long> inProgress) {
        SortedSet<Long> below = inProgress.headSet(xmax);
        String xip = below.stream().map(String::valueOf).collect(joining(","));
        return parse("%d:%d:%s".formatted(below.isEmpty() ? xmax : below.first(), xmax, xip));
    }

    /** The transactions in progress. */
    SortedSet<Long> xip() {
        String list = inProgress.substring(1, inProgress.length() - 1);
        return list.isEmpty()
                ? new TreeSet<>()
                : Arrays.stream(list.split(",")).map(Long::valueOf).collect(toCollection(TreeSet::new));
    }

    @Override
    public String toString() {
        return text;
    }
}
