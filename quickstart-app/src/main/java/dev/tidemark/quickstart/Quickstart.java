package dev.tidemark.quickstart;

import dev.tidemark.quickstart.Ending.EndedException;
import dev.tidemark.stack.StackException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;

/**
 * The command {@code ./quickstart}.
 *
 * <p>The system property {@code tidemark.terminal} says whether the output goes to a terminal, {@code tidemark.logs} where the logs of
 * all processes go.
 */
public final class Quickstart {

    static final int IN_SYNC = 0;
    static final int NOT_IN_SYNC = 1;
    static final int MISUSED = 2;
    static final int FAILED = 3;
    private static final int INTERRUPTED = 130; // as a shell has it

    private Quickstart() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    private static int run(String... arguments) {
        try {
            Options options = Options.parse(arguments);
            if (options.help()) {
                System.out.print(usage());
                return IN_SYNC;
            }
            return run(options);
        } catch (UsageException e) {
            System.err.println(e.getMessage());
            System.err.println();
            System.err.print(usage());
            return MISUSED;
        }
    }

    private static int run(Options options) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Console console = new Console(out, Boolean.getBoolean("tidemark.terminal"));
        Ending ending = Ending.onSignal(console);
        try {
            return options.check()
                    ? new Check(options, console, ending).run()
                    : new Demonstration(options, console, ending).run();
        } catch (EndedException e) {
            return INTERRUPTED;
        } catch (StackException | SQLException e) {
            if (ending.requested()) {
                return INTERRUPTED;
            }
            console.line("FAILED: " + messages(e));
            return FAILED;
        } finally {
            ending.complete();
        }
    }

    private static String messages(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure.getMessage() + (cause == null ? "" : "\n  because: " + messages(cause));
    }

    private static String usage() {
        try (InputStream in = Quickstart.class.getResourceAsStream("usage.txt")) {
            return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
