package dev.tidemark.stack;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Ends the processes and removes the directories of this JVM when it ends, be it by SIGKILL.
 *
 * <p>It is a shell that reads what to watch from a pipe. The pipe closes with the JVM, however that ends; so there is no shutdown
 * hook that could race with an orderly shutdown, or be skipped.
 */
final class Watchdog {

    private static final String SCRIPT = """
            trap '' INT TERM HUP
            pids=' '
            while read -r verb what; do
              case $verb in
                watch) pids="$pids$what " ;;
                forget) case $pids in *" $what "*) pids="${pids%% $what *} ${pids#* $what }" ;; esac ;;
                remove) set -- "$@" "$what" ;;
              esac
            done
            [ "$pids" = ' ' ] || kill -9 $pids 2>/dev/null
            [ $# = 0 ] || { rm -rf -- "$@" 2>/dev/null || { sleep 1; rm -rf -- "$@"; }; }
            """;

    private static final Watchdog INSTANCE = new Watchdog();

    private final OutputStream pipe;

    private Watchdog() {
        try {
            pipe = new ProcessBuilder(ChildProcess.inOwnSession(List.of("sh", "-c", SCRIPT, "tidemark-watchdog")))
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start()
                    .getOutputStream();
        } catch (IOException e) {
            throw new StackException("could not start a shell that would clean up", e);
        }
    }

    static void watch(long pid) {
        INSTANCE.tell("watch " + pid);
    }

    static void forget(long pid) {
        INSTANCE.tell("forget " + pid);
    }

    static void remove(Path directory) {
        INSTANCE.tell("remove " + directory.toAbsolutePath());
    }

    private synchronized void tell(String line) {
        try {
            pipe.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            pipe.flush();
        } catch (IOException e) {
            throw new StackException("the shell that cleans up has gone", e);
        }
    }
}
