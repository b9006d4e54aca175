package dev.tidemark.test;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A way to a server that shuts before a certain message: all that clients send from then on is held back, in order, until it is opened again. */
final class Gate implements AutoCloseable {

    private final ServerSocket entrance;
    private final String host;
    private final int port;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private List<String> triggers = List.of();
    private boolean shut;

    Gate(String host, int port) {
        this.host = host;
        this.port = port;
        try {
            this.entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        spawn(this::accept);
    }

    int port() {
        return entrance.getLocalPort();
    }

    /** Shuts as soon as a client sends something in which one of these texts occurs. */
    synchronized void shutBefore(String... texts) {
        triggers = List.of(texts);
    }

    synchronized boolean isShut() {
        return shut;
    }

    synchronized void open() {
        triggers = List.of();
        shut = false;
        notifyAll();
    }

    private synchronized void pass(byte[] bytes, int length) throws InterruptedException {
        String message = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
        shut |= triggers.stream().anyMatch(message::contains);
        while (shut) {
            wait();
        }
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = entrance.accept();
            Socket server = new Socket(host, port);
            sockets.add(client);
            sockets.add(server);
            spawn(() -> pump(client, server, true));
            spawn(() -> pump(server, client, false));
        }
    }

    private void pump(Socket from, Socket to, boolean guarded) throws IOException, InterruptedException {
        byte[] bytes = new byte[1 << 16];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
                if (guarded) {
                    pass(bytes, length);
                }
                out.write(bytes, 0, length);
            }
        }
    }

    /** A connection that ends is no failure of the test. */
    private static void spawn(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException | InterruptedException e) {
                // the end of it
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    @Override
    public void close() throws IOException {
        open();
        entrance.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
