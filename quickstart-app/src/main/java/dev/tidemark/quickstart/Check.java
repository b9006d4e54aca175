package dev.tidemark.quickstart;

import dev.tidemark.quickstart.TableDiff.Difference;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Replicates a random workload, compares the tables, and looks whether foreign keys hold at the destination.
 *
 * <ol>
 *   <li>Copies the first rows.
 *   <li>Makes the changes, and then one more of each table: the last of all to be committed.
 *   <li>Waits until these are at the destination. Changes of a table arrive in the order of their commits, so all others must be.
 *   <li>Compares row by row. If all are equal, they have been since that moment, and the rate is taken from it: changes by the time from the
 *       first one's begin to equality. {@link Delays} says how delays are measured.
 * </ol>
 */
final class Check {

    private static final Duration STEP = Duration.ofMillis(5);
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private final Options options;
    private final Sample sample;
    private final Console console;
    private final Ending ending;

    Check(Options options, Console console, Ending ending) {
        this.options = options;
        this.sample = Sample.of(options);
        this.console = console;
        this.ending = ending;
    }

    /** @return the exit code */
    int run() throws SQLException {
        console.line("check with " + options);
        try (LocalPipeline pipeline = new Startup(options, sample, console, ending).run();
                Tables source = new Tables(pipeline.source(), sample);
                Tables destination = new Tables(pipeline.destination(), sample)) {
            Delays delays = new Delays(source.now());
            long begin = System.nanoTime();
            boolean arrived = replicate(pipeline, destination);
            double seconds = (System.nanoTime() - begin) / 1e9;
            console.line("comparing row by row");
            TableDiff.Result result = compare(source, destination, delays);
            boolean keysHold = checkForeignKeys(pipeline);
            if (arrived && result.different() == 0 && keysHold) {
                console.line(summary(result, seconds, delays));
                return Quickstart.IN_SYNC;
            }
            reportFailure(result, arrived, pipeline);
            return Quickstart.NOT_IN_SYNC;
        }
    }

    private boolean replicate(LocalPipeline pipeline, Tables destination) throws SQLException {
        try (Workload workload = new Workload(sample, pipeline.source(), options.changes(), options.seed(), ending)) {
            CompletableFuture<Void> changes = workload.start();
            while (!changes.isDone()) {
                console.progress("made %,d of %,d changes".formatted(workload.committed(), options.changes()));
                pipeline.requireAlive();
                ending.pause(STEP);
            }
            changes.join();
            List<List<Long>> last = workload.last();
            console.line("made %,d changes by several connections, and rolled back %,d transactions"
                    .formatted(workload.committed(), workload.rollbacks()));
            try (CatchUp catchUp = new CatchUp(pipeline, console, ending)) {
                return catchUp.until(
                        () -> destination.have(last),
                        STEP,
                        () -> "catching up: %,d rows at the destination".formatted(Tables.sum(destination.counts())));
            }
        } catch (CompletionException e) {
            throw (RuntimeException) e.getCause();
        }
    }

    private TableDiff.Result compare(Tables source, Tables destination, Delays delays) throws SQLException {
        long equal = 0;
        long different = 0;
        for (int i = 0; i < source.readers().size(); i++) {
            String table = source.readers().get(i).table().name();
            TableDiff.Result result = TableDiff.compare(
                    source.readers().get(i).all(), destination.readers().get(i).all(), delays);
            if (result.different() > 0 || source.readers().size() > 1) {
                console.line("  %s: %,d rows equal, %,d differ".formatted(table, result.equal(), result.different()));
            }
            result.first().forEach(this::report);
            equal += result.equal();
            different += result.different();
        }
        return new TableDiff.Result(equal, different, List.of());
    }

    private boolean checkForeignKeys(LocalPipeline pipeline) throws SQLException {
        ForeignKeys.Result keys = ForeignKeys.compare(pipeline.source(), pipeline.destination());
        keys.problems().forEach(console::line);
        if (keys.count() > 0 && keys.problems().isEmpty()) {
            console.line("  %d foreign keys are there, validated, and all rows obey them".formatted(keys.count()));
        }
        return keys.problems().isEmpty();
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

    private void report(Difference row) {
        console.line("key %s%n  source      %s%n  destination %s"
                .formatted(row.key(), shown(row.source()), shown(row.destination())));
    }

    private void reportFailure(TableDiff.Result result, boolean arrived, LocalPipeline pipeline) {
        console.line("NOT in sync: %d rows differ (the first of each table are above), %d are equal; --seed %d"
                .formatted(result.different(), result.equal(), options.seed()));
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
