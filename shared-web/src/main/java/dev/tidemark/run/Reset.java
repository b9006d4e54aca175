package dev.tidemark.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.NoSuchElementException;
import java.util.Scanner;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.springframework.core.io.ClassPathResource;

/** What both services have in common of taking away all that a pipeline has made. Says what it does, on the console. */
public final class Reset {

    private static final ClassPathResource SCRIPT = new ClassPathResource("db/reset/schema.sql");

    private final String pipeline;
    private final InputStream in;
    private final PrintStream out;

    public Reset(String pipeline, InputStream in, PrintStream out) {
        this.pipeline = pipeline;
        this.in = in;
        this.out = out;
    }

    /** Something has to be done first. */
    public static final class RefusedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        public RefusedException(String message) {
            super(message);
        }
    }

    /** Takes one side away. */
    @FunctionalInterface
    public interface Removal {
        void run() throws SQLException, ExecutionException, TimeoutException, InterruptedException;
    }

    /** @return the exit code: 0, or 1 if not all could be removed, which is said */
    public int run(Removal removal) throws InterruptedException {
        try {
            removal.run();
            return 0;
        } catch (RefusedException e) {
            say(String.valueOf(e.getMessage()));
        } catch (SQLException | ExecutionException | TimeoutException e) {
            say("Not all could be removed: " + e.getMessage() + ". Run it again");
        }
        return 1;
    }

    /**
     * Asks, and returns if the answer is the pipeline's name.
     *
     * @param confirmed whether nobody need be asked
     * @throws RefusedException if it is anything else, or nobody answers
     */
    public void confirm(String what, boolean confirmed) {
        say(what);
        if (confirmed) {
            return;
        }
        out.print("This cannot be undone. Type the name of the pipeline (" + pipeline + ") to go on: ");
        out.flush();
        try {
            if (new Scanner(in, StandardCharsets.UTF_8).nextLine().strip().equals(pipeline)) {
                return;
            }
        } catch (NoSuchElementException e) {
            out.println();
        }
        throw new RefusedException("Nothing was removed. Where nobody can answer: --yes");
    }

    /**
     * Removes the schema {@code cdc} and what depends on it.
     *
     * @throws SQLException if a table is in use for longer than its writers should wait, among others; nothing is removed then
     */
    public static void dropSchema(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(SCRIPT.getContentAsString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void say(String line) {
        out.println(line);
    }
}
