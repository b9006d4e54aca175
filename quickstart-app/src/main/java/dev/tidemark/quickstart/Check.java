package dev.tidemark.quickstart;

import dev.tidemark.quickstart.TableDiff.Difference;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Replicates a random workload and compares the tables.
 *
 * <ol>
 *   <li>Copies the first rows.
 *   <li>Makes the changes, and then one more: the last of all to be committed.
 *   <li>Waits until that one is at the destination. Changes of a table arrive in the order of their commits, so all others must be.
 *   <li>Compares row by row. If all are equal, they have been since that moment, and the rate is taken from it: changes by the time from the
 *       first one's begin to equality. {@link Delays} says how delays are measured.
 * </ol>
 */
final class Check {

    private static final Duration STEP = Duration.ofMillis(5);
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private final Options options;
    private final Console console;
    private final Ending ending;

    Check(Options options, Console console, Ending ending) {
        this.options = options;
        this.console = console;
        this.ending = ending;
    }

    /** @return the exit code */
    int run() throws SQLException {
        console.line("check with --rows %d --changes %d --seed %d"
                .formatted(options.rows(), options.changes(), options.seed()));
        try (LocalPipeline pipeline = new Startup(options, console, ending).run();
                EmployeeTable source = new EmployeeTable(pipeline.source());
                EmployeeTable destination = new EmployeeTable(pipeline.destination())) {
            Delays delays = new Delays(source.now());
            long begin = System.nanoTime();
            boolean arrived = replicate(pipeline, destination);
            double seconds = (System.nanoTime() - begin) / 1e9;
            console.line("comparing row by row");
            TableDiff.Result result = TableDiff.compare(source.all(), destination.all(), delays);
            if (arrived && result.different() == 0) {
                console.line(summary(result, seconds, delays));
                return Quickstart.IN_SYNC;
            }
            report(result, arrived, pipeline);
            return Quickstart.NOT_IN_SYNC;
        }
    }

    private boolean replicate(LocalPipeline pipeline, EmployeeTable destination) throws SQLException {
        Workload workload = new Workload(pipeline.source(), options.changes(), options.seed(), ending);
        CompletableFuture<Void> changes = workload.start();
        try {
            while (!changes.isDone()) {
                console.progress("made %,d of %,d changes".formatted(workload.committed(), options.changes()));
                pipeline.requireAlive();
                ending.pause(STEP);
            }
            changes.join();
        } catch (CompletionException e) {
            throw (RuntimeException) e.getCause();
        }
        int last = workload.last();
        console.line("made %,d changes by several connections, and rolled back %,d transactions"
                .formatted(workload.committed(), workload.rollbacks()));
        try (CatchUp catchUp = new CatchUp(pipeline, console, ending)) {
            return catchUp.until(
                    () -> destination.has(last),
                    STEP,
                    () -> "catching up: %,d rows at the destination".formatted(destination.count()));
        }
    }

    private String summary(TableDiff.Result result, double seconds, Delays delays) {
        return String.format(
                Locale.ROOT,
                "in sync: %d rows equal, %d changes, %.0f changes/s, delay %s",
                result.equal(),
                options.changes(),
                options.changes() / seconds,
                delays.summary());
    }

    private void report(TableDiff.Result result, boolean arrived, LocalPipeline pipeline) {
        for (Difference row : result.first()) {
            console.line("key %d%n  source      %s%n  destination %s"
                    .formatted(row.key(), shown(row.source()), shown(row.destination())));
        }
        console.line("NOT in sync: %d rows differ (the first %d are above), %d are equal; --seed %d"
                .formatted(result.different(), result.first().size(), result.equal(), options.seed()));
        if (!arrived) {
            console.line("The last change has not arrived, and nothing else did for minutes.\n" + pipeline.health());
        }
    }

    /** Control characters would spoil the picture. */
    private static String shown(@Nullable String row) {
        return row == null
                ? "has no such row"
                : CONTROL.matcher(row)
                        .replaceAll(found ->
                                "\\\\u%04x".formatted((int) found.group().charAt(0)));
    }
}
