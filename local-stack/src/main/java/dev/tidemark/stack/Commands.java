package dev.tidemark.stack;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;

/** Small programs that are run to their end. */
final class Commands {

    private Commands() {}

    /** The exit code; what it prints is thrown away. */
    static int run(List<String> command) {
        return run(new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(Redirect.DISCARD));
    }

    static int run(ProcessBuilder command) {
        try {
            return command.start().waitFor();
        } catch (IOException e) {
            throw new StackException("could not run " + command.command(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted while running " + command.command(), e);
        }
    }
}
