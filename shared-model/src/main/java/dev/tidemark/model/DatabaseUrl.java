package dev.tidemark.model;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The JDBC URL of a service's database. */
public final class DatabaseUrl {

    private static final Pattern WITH_USER = Pattern.compile("jdbc:postgresql://[^?]*@.*", Pattern.DOTALL);

    private static final Pattern WITH_KEY_PASSWORD = Pattern.compile(".*[?&]sslpassword=.*", Pattern.DOTALL);

    private DatabaseUrl() {}

    /**
     * Refuses a URL with a password. Before the host, the driver takes it for a port, and tells everybody that it is none; and that of a key goes to the log.
     *
     * @throws IllegalArgumentException if it is one; the message does not quote it
     */
    public static void require(@Nullable String url) {
        if (url != null && WITH_USER.matcher(url).matches()) {
            throw new IllegalArgumentException(
                    "spring.datasource.url has a user or a password before the host: make it jdbc:postgresql://host:port/database,"
                            + " and set spring.datasource.username and spring.datasource.password");
        }
        if (url != null && WITH_KEY_PASSWORD.matcher(url).matches()) {
            throw new IllegalArgumentException(
                    "spring.datasource.url has sslpassword among its parameters, which would be in the log:"
                            + " set spring.datasource.hikari.data-source-properties.sslpassword");
        }
    }
}
