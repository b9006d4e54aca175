package dev.tidemark.stack;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** Three servers, started at the same time. When one does not start, the others are ended. */
record ServerStack(Database source, Database destination, Broker broker) implements Stack {

    static ServerStack start(Supplier<Database> source, Supplier<Database> destination, Supplier<Broker> broker) {
        CompletableFuture<Broker> third = inBackground(broker);
        CompletableFuture<Database> first = inBackground(source);
        CompletableFuture<Database> second = inBackground(destination);
        try {
            CompletableFuture.allOf(first, second, third).join();
            return new ServerStack(first.join(), second.join(), third.join());
        } catch (CompletionException e) {
            List.of(first, second, third).forEach(server -> server.thenAccept(Server::close));
            throw new StackException("the stack did not start", e.getCause());
        }
    }

    private static <T> CompletableFuture<T> inBackground(Supplier<T> start) {
        return CompletableFuture.supplyAsync(start, task -> new Thread(task, "stack-start").start());
    }

    @Override
    public void close() {
        List.of(broker, source, destination).forEach(Server::close);
    }
}
