package dev.tidemark.quickstart;

import dev.tidemark.stack.StackException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;

/** From nothing to a pipeline that has copied the first rows. */
final class Startup {

    private static final Duration STEP = Duration.ofMillis(50);
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Options options;
    private final Console console;
    private final Ending ending;

    Startup(Options options, Console console, Ending ending) {
        this.options = options;
        this.console = console;
        this.ending = ending;
    }

    LocalPipeline run() throws SQLException {
        String logs = System.getProperty("tidemark.logs");
        if (logs != null) {
            console.line("logs: " + logs);
        }
        console.line("starting two PostgreSQL servers and a Kafka broker");
        LocalPipeline pipeline = LocalPipeline.start();
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
        console.line("creating table employees at both, with %,d rows at the source".formatted(options.rows()));
        Sample.createTable(pipeline.source());
        Sample.createTable(pipeline.destination());
        Sample.addRows(pipeline.source(), options.rows(), console);
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
        try (EmployeeTable destination = new EmployeeTable(pipeline.destination());
                CatchUp catchUp = new CatchUp(pipeline, console, ending)) {
            boolean copied = catchUp.until(
                    () -> destination.count() == options.rows(),
                    STEP,
                    () -> "copied %,d of %,d rows".formatted(destination.count(), options.rows()));
            if (!copied) {
                throw new StackException("the initial copy stands at %,d of %,d rows%n%s"
                        .formatted(destination.count(), options.rows(), pipeline.health()));
            }
        }
        console.line(String.format(
                Locale.ROOT,
                "copied %,d rows, %.1f s after the services answered",
                options.rows(),
                (System.nanoTime() - begin) / 1e9));
    }
}
