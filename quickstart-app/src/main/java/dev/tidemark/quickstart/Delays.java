package dev.tidemark.quickstart;

import java.util.Locale;

/**
 * How long after its commit at the source a change was there at the destination, to one percent.
 *
 * <p>Both servers keep the time of each commit ({@code track_commit_timestamp}), by the clock of this one machine. The delay of a change is the
 * difference of the two, taken from rows that are equal at both sides. So every row that was changed counts with its last change;
 * deletes leave no row and do not count. PostgreSQL takes the time when a commit begins, before it flushes its log: the flush at the
 * source is in the delay, the one at the destination is not.
 */
final class Delays {

    private static final double STEPS = 100; // buckets grow by one percent
    private static final int BUCKETS = 2_500; // up to more than a day

    private final long since;
    private final long[] counts = new long[BUCKETS];
    private long total;

    /** @param since the source's time, in microseconds: changes that were committed before do not count */
    Delays(long since) {
        this.since = since;
    }

    /** Two rows that are equal. */
    void add(Row source, Row destination) {
        Long from = source.committed();
        Long to = destination.committed();
        if (from != null && to != null && from >= since) {
            long micros = Math.max(1, to - from);
            counts[Math.min(BUCKETS - 1, (int) Math.round(Math.log(micros) * STEPS))]++;
            total++;
        }
    }

    /** For example {@code p50 9.1 ms p99 24.0 ms}. */
    String summary() {
        return "p50 %s p99 %s".formatted(percentile(0.5), percentile(0.99));
    }

    private String percentile(double quantile) {
        long rank = Math.max(1, (long) Math.ceil(quantile * total));
        long seen = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            seen += counts[bucket];
            if (seen >= rank) {
                return String.format(Locale.ROOT, "%.1f ms", Math.exp(bucket / STEPS) / 1_000);
            }
        }
        return "-";
    }
}
