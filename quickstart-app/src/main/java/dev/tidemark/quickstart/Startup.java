package dev.tidemark.quickstart;

import dev.tidemark.stack.StackException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** From nothing to a pipeline that has copied the first rows. */
final class Startup {

    private static final Duration STEP = Duration.ofMillis(50);
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Options options;
    private final Sample sample;
    private final Console console;
    private final Ending ending;

    Startup(Options options, Sample sample, Console console, Ending ending) {
        this.options = options;
        this.sample = sample;
        this.console = console;
        this.ending = ending;
    }

    LocalPipeline run() throws SQLException {
        String logs = System.getProperty("tidemark.logs");
        if (logs != null) {
            console.line("logs: " + logs);
        }
        console.line("starting two PostgreSQL servers and a Kafka broker");
        LocalPipeline pipeline = LocalPipeline.start(sample);
        try {
            fill(pipeline);
            return pipeline;
        } catch (SQLException | RuntimeException e) {
            pipeline.close();
            throw e;
        }
    }

    private void fill(LocalPipeline pipeline) throws SQLException {
        ending.pause(Duration.ZERO);
        console.line("creating %s at the source".formatted(sample.words(options.size())));
        sample.create(pipeline.source());
        sample.create(pipeline.destination());
        try (Connection connection = pipeline.source().connect()) {
            sample.fill(connection, options.size(), options.seed(), console);
        }
        ending.pause(Duration.ZERO);
        console.line("starting producer-service and consumer-service");
        startServices(pipeline);
        copy(pipeline);
    }

    /** Not by waiting for one and then for the other, so that Ctrl-C is heard. */
    private void startServices(LocalPipeline pipeline) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        pipeline.launchServices();
        while (!pipeline.answers()) {
            ending.pause(STEP);
            if (System.nanoTime() > deadline) {
                throw new StackException(
                        "the services do not answer after %s%n%s".formatted(PATIENCE, pipeline.health()));
            }
        }
    }

    private void copy(LocalPipeline pipeline) throws SQLException {
        long begin = System.nanoTime();
        long all;
        try (Tables source = new Tables(pipeline.source(), sample);
                Tables destination = new Tables(pipeline.destination(), sample);
                CatchUp catchUp = new CatchUp(pipeline, console, ending)) {
            List<Long> wanted = source.counts();
            all = Tables.sum(wanted);
            boolean copied = catchUp.until(
                    () -> destination.hasCounts(wanted),
                    STEP,
                    () -> "copied %,d of %,d rows".formatted(Tables.sum(destination.counts()), all));
            if (!copied) {
                throw new StackException("the initial copy stands at %,d of %,d rows%n%s"
                        .formatted(Tables.sum(destination.counts()), all, pipeline.health()));
            }
        }
        console.line(String.format(
                Locale.ROOT,
                "copied %,d rows, %.1f s after the services answered",
                all,
                (System.nanoTime() - begin) / 1e9));
    }
}
