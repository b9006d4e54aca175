package dev.tidemark.stack;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * A PostgreSQL server from the binaries of the class path, listening on loopback only.
 *
 * <p>PostgreSQL refuses to run as root. As root it runs in a user namespace of its own, where it is nobody in particular and still
 * the owner of its files.
 */
public final class EmbeddedDatabase extends ChildServer implements Database {

    private final int port = FreePort.next();

    private EmbeddedDatabase(String label) {
        super(label, "INT"); // a fast shutdown: sessions are cut off, and a checkpoint is written
    }

    /** A server with the settings of {@link StackOptions#defaults()}. */
    public static EmbeddedDatabase start(String label) {
        return start(label, StackOptions.defaults().source());
    }

    /**
     * @param label names its log
     * @param settings of {@code postgresql.conf}
     */
    public static EmbeddedDatabase start(String label, Map<String, String> settings) {
        EmbeddedDatabase database = new EmbeddedDatabase(label);
        try {
            database.initialize();
            database.configure(settings);
            database.start();
            return database;
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    private void initialize() {
        List<String> initdb = program("initdb", "--pgdata", data().toString(), "--username", user());
        // The C locale is the only one that is the same on every machine.
        initdb.addAll(List.of("--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"));
        int result = Commands.run(
                new ProcessBuilder(initdb).redirectErrorStream(true).redirectOutput(Redirect.appendTo(log().toFile())));
        if (result != 0) {
            String hint = isRoot() ? "; run as an ordinary user where 'unshare --user' is not allowed" : "";
            throw new StackException("initdb failed" + hint + "\n" + ChildProcess.tail(log()));
        }
    }

    private void configure(Map<String, String> settings) {
        String lines = settings.entrySet().stream()
                .map(e -> "%s = '%s'%n".formatted(e.getKey(), e.getValue().replace("'", "''")))
                .collect(Collectors.joining());
        try {
            Files.writeString(data().resolve("postgresql.conf"), lines, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new StackException("could not configure " + label(), e);
        }
    }

    @Override
    List<String> command() {
        List<String> command = program("postgres", "-D", data().toString(), "-p", Integer.toString(port));
        command.addAll(List.of("-c", "listen_addresses=" + host(), "-c", "unix_socket_directories="));
        return command;
    }

    @Override
    boolean answers() {
        return answers(jdbcUrl(), user(), password());
    }

    static boolean answers(String jdbcUrl, String user, String password) {
        Properties properties = new Properties();
        properties.putAll(Map.of(
                "user", user, "password", password, "connectTimeout", "2", "socketTimeout", "2", "sslmode", "disable"));
        try (Connection connection = DriverManager.getConnection(jdbcUrl, properties)) {
            return connection.isValid(2);
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public String host() {
        return "127.0.0.1";
    }

    @Override
    public int port() {
        return port;
    }

    private Path data() {
        return directory().resolve("data");
    }

    private static List<String> program(String name, String... arguments) {
        List<String> command = new ArrayList<>(isRoot() ? List.of("unshare", "--user") : List.of());
        command.add(PostgresBinaries.unpacked().resolve("bin").resolve(name).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }
}
