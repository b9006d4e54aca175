package dev.tidemark.stack;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process that does not outlive this JVM and writes to a log file.
 *
 * <p>It has a session of its own: Ctrl-C in the terminal reaches this JVM only, which then ends its children in the right order.
 */
final class ChildProcess {

    private static final Path SETSID = Path.of("/usr/bin/setsid");
    private static final int TAIL = 4_000;

    private final String name;
    private final Path log;
    private final Process process;

    private ChildProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    static ChildProcess spawn(String name, List<String> command, Map<String, String> environment, Path log) {
        ProcessBuilder builder = new ProcessBuilder(inOwnSession(command))
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            Watchdog.watch(process.pid());
            return new ChildProcess(name, log, process);
        } catch (IOException e) {
            throw new StackException("could not start " + name, e);
        }
    }

    /** The same command with its own session, where the system has a program for that. */
    static List<String> inOwnSession(List<String> command) {
        if (!Files.isExecutable(SETSID)) {
            return command;
        }
        List<String> wrapped = new ArrayList<>(command);
        wrapped.add(0, SETSID.toString());
        return wrapped;
    }

    long pid() {
        return process.pid();
    }

    boolean alive() {
        return process.isAlive();
    }

    int exitCode() {
        return process.exitValue();
    }

    /** SIGKILL to it and to all that it started, and waits until they are gone. */
    void kill() {
        List<ProcessHandle> family = family();
        family.forEach(ProcessHandle::destroyForcibly);
        family.forEach(gone -> awaitExit(gone.onExit(), Duration.ofSeconds(20)));
        Watchdog.forget(pid());
    }

    /** Sends a signal that asks it to end; kills it when it has not within the time. */
    void end(String signal, Duration patience) {
        if (alive()) {
            signal(signal, List.of(process.toHandle()));
            if (!awaitExit(process.onExit(), patience)) {
                kill();
                throw new StackException(
                        "%s did not end within %s of SIG%s%n%s".formatted(name, patience, signal, tail()));
            }
        }
        Watchdog.forget(pid());
    }

    /** The parent first, so that it does not see its children stop. */
    void suspend() {
        signal("STOP", family());
    }

    void resume() {
        signal("CONT", family());
    }

    private List<ProcessHandle> family() {
        List<ProcessHandle> family = new ArrayList<>(process.descendants().toList());
        family.add(0, process.toHandle());
        return family;
    }

    private void signal(String signal, List<ProcessHandle> to) {
        List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
        to.forEach(one -> command.add(Long.toString(one.pid())));
        if (Commands.run(command) != 0 && alive()) {
            throw new StackException("could not send SIG%s to %s".formatted(signal, name));
        }
    }

    /** The end of its log, for the message of an exception. */
    String tail() {
        return tail(log);
    }

    static String tail(Path log) {
        try {
            byte[] all = Files.readAllBytes(log);
            int from = Math.max(0, all.length - TAIL);
            return log + " ends with:\n" + new String(all, from, all.length - from, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "no log at " + log;
        }
    }

    private static boolean awaitExit(CompletableFuture<?> exit, Duration patience) {
        try {
            exit.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        } catch (ExecutionException e) {
            throw new StackException("waiting for an exit failed", e);
        }
    }
}
