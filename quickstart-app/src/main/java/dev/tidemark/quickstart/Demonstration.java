package dev.tidemark.quickstart;

import dev.tidemark.stack.Database;
import dev.tidemark.stack.StackException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Shows the pipeline at work, under a small workload, until somebody ends it. */
final class Demonstration {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final long SHOWN_MICROS = 5_000_000;

    private final Options options;
    private final Sample sample;
    private final Console console;
    private final Ending ending;

    Demonstration(Options options, Console console, Ending ending) {
        this.options = options;
        this.sample = Sample.of(options);
        this.console = console;
        this.ending = ending;
    }

    /** Does not return but by an exception. */
    int run() throws SQLException {
        try (LocalPipeline pipeline = new Startup(options, sample, console, ending).run();
                Tables source = new Tables(pipeline.source(), sample);
                Tables destination = new Tables(pipeline.destination(), sample);
                Trickle trickle = new Trickle(sample, pipeline.source(), options.seed(), ending)) {
            console.line(tour(pipeline));
            trickle.start();
            while (true) {
                ending.pause(SECOND);
                pipeline.requireAlive();
                console.live("source %,d rows | destination %,d | %s changes applied | delay %s"
                        .formatted(
                                Tables.sum(source.counts()),
                                Tables.sum(destination.counts()),
                                applied(pipeline),
                                delays(source, destination).summary()));
            }
        }
    }

    private static String applied(LocalPipeline pipeline) {
        try {
            return "%,d".formatted(AppliedChanges.of(pipeline.consumer().get("/actuator/prometheus")));
        } catch (StackException e) {
            return "?"; // too busy to answer; if it has ended, the next look finds out
        }
    }

    private static Delays delays(Tables source, Tables destination) throws SQLException {
        Delays delays = new Delays(source.now() - SHOWN_MICROS);
        for (int i = 0; i < source.readers().size(); i++) {
            List<Row> changed = source.readers().get(i).changedLately();
            Map<List<Long>, Row> there = destination.readers().get(i).rows(changed);
            for (Row here : changed) {
                Row same = there.get(here.key());
                if (same != null && same.text().equals(here.text())) {
                    delays.add(here, same);
                }
            }
        }
        return delays;
    }

    private String tour(LocalPipeline pipeline) {
        return """

                source       %s
                             psql %s
                destination  %s
                             psql %s
                curl -s %s
                curl -s %s
                curl -s %s

                Change %s at the source and look at it at the destination.
                Some 20 rows a second change anyway. Ctrl-C ends everything.
                """.formatted(
                        jdbc(pipeline.source()),
                        pipeline.source().psqlUrl(),
                        jdbc(pipeline.destination()),
                        pipeline.destination().psqlUrl(),
                        pipeline.consumer().uri("/actuator/lag"),
                        pipeline.producer().uri("/actuator/offset"),
                        pipeline.producer().uri("/actuator/health"),
                        sample.tableList().replace(",", ", "));
    }

    private static String jdbc(Database database) {
        return "%s?user=%s&password=%s".formatted(database.jdbcUrl(), database.user(), database.password());
    }
}
