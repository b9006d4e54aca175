package dev.tidemark.quickstart;

import java.io.PrintStream;
import java.time.Duration;

/** Lines for a person, or for a file: a terminal's last line is written over again and again, a file gets plain lines. */
final class Console {

    private static final Duration REFRESH = Duration.ofMillis(250);
    private static final Duration PLAIN_REFRESH = Duration.ofSeconds(5);
    private static final String CLEAR_TO_END = "\033[K";

    private final PrintStream out;
    private final boolean terminal;
    private boolean live;
    private long lastProgress = System.nanoTime();

    Console(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** A line that stays. */
    synchronized void line(String text) {
        if (live) {
            out.print("\r" + CLEAR_TO_END);
            live = false;
        }
        out.println(text);
        lastProgress = System.nanoTime();
    }

    /** What is true now, in place of what was. */
    synchronized void live(String text) {
        if (terminal) {
            out.print("\r" + text + CLEAR_TO_END);
            out.flush();
            live = true;
        } else {
            out.println(text);
        }
    }

    /** How far long work has come: like {@link #live}, but only now and then, and not right after a line. */
    synchronized void progress(String text) {
        long now = System.nanoTime();
        if (now - lastProgress >= (terminal ? REFRESH : PLAIN_REFRESH).toNanos()) {
            lastProgress = now;
            live("  " + text);
        }
    }
}
