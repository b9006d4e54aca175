package dev.tidemark.test;

import dev.tidemark.stack.ServiceProcess;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Those who are to tell of a trouble by themselves. Prints how long each of them takes. */
final class Witnesses {

    private final String trouble;
    private final Map<String, Callable<Boolean>> witnesses = new LinkedHashMap<>();

    Witnesses(String trouble) {
        this.trouble = trouble;
    }

    /** The health of a service that is down, and its status, which both name all of this as the reason. */
    Witnesses blame(String name, ServiceProcess service, String... cause) {
        return add(name + "'s health", () -> Health.of(service).blames(cause))
                .add(name + "'s status", () -> Arrays.stream(cause).allMatch(status(service)::contains));
    }

    Witnesses add(String name, Callable<Boolean> tells) {
        witnesses.put(name, tells);
        return this;
    }

    static String status(ServiceProcess service) {
        return new Admin(service).get("/admin/status").toString();
    }

    /** Makes the trouble, and waits until all have told of it. Nobody has to wait for another who is slow to answer. */
    void await(Duration patience, Runnable maker) {
        maker.run();
        long begun = System.nanoTime();
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            witnesses.entrySet().stream()
                    .map(witness -> threads.submit(() -> {
                        Await.until(trouble + ": " + witness.getKey(), patience, witness.getValue());
                        double seconds = (System.nanoTime() - begun) / 1e9;
                        System.out.printf("%s: %s after %.1f s%n", trouble, witness.getKey(), seconds);
                    }))
                    .toList()
                    .forEach(Witnesses::get);
        } finally {
            threads.shutdownNow();
        }
    }

    private static void get(Future<?> told) {
        try {
            told.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
