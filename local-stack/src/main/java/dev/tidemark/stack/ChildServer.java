package dev.tidemark.stack;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A server that is a child process. The subclasses say what to run and how to see that it answers. */
abstract class ChildServer implements Server {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final String label;
    private final String stopSignal;
    private final Path directory;
    private final Path log;
    private @Nullable ChildProcess process;

    ChildServer(String label, String stopSignal) {
        this.label = label;
        this.stopSignal = stopSignal;
        this.directory = Directories.temporary(label);
        this.log = Directories.log(label, directory);
    }

    abstract List<String> command();

    abstract boolean answers();

    Map<String, String> environment() {
        return Map.of();
    }

    @Override
    public synchronized void start() {
        launch();
        awaitReady();
    }

    /** The first half of {@link #start()}: returns at once. */
    public synchronized void launch() {
        if (process == null) {
            process = ChildProcess.spawn(label, command(), environment(), log);
        }
    }

    /** The second half of {@link #start()}. */
    public synchronized void awaitReady() {
        ChildProcess started = running();
        Await.until("start of " + label, PATIENCE, () -> answers(started), started::tail);
    }

    private boolean answers(ChildProcess started) {
        if (!started.alive()) {
            process = null;
            throw new StackException("%s ended with %d%n%s".formatted(label, started.exitCode(), started.tail()));
        }
        return answers();
    }

    /** Waits until it ends by itself, and returns its exit code. */
    public synchronized int awaitExit() {
        ChildProcess started = running();
        Await.until("end of " + label, PATIENCE, () -> !started.alive(), started::tail);
        process = null;
        return started.exitCode();
    }

    @Override
    public synchronized void stop() {
        if (process != null) {
            process.end(stopSignal, PATIENCE);
            process = null;
        }
    }

    @Override
    public synchronized void kill() {
        if (process != null) {
            process.kill();
            process = null;
        }
    }

    @Override
    public synchronized void suspend() {
        running().suspend();
    }

    @Override
    public synchronized void resume() {
        running().resume();
    }

    @Override
    public synchronized void close() {
        kill();
        Directories.delete(directory);
    }

    /** Whether the process exists; a server may also end by itself. */
    public synchronized boolean alive() {
        return process != null && process.alive();
    }

    public synchronized long pid() {
        return running().pid();
    }

    /** Where it writes its log; gone after {@link #close()} unless {@code -Dtidemark.logs} names a directory. */
    public Path log() {
        return log;
    }

    Path directory() {
        return directory;
    }

    String label() {
        return label;
    }

    private ChildProcess running() {
        if (process == null) {
            throw new StackException(label + " is not running");
        }
        return process;
    }
}
