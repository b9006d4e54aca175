package dev.tidemark.web.security;

import java.util.List;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Who may use the HTTP interface.
 *
 * @param users who may come in by HTTP Basic, as users[0].name, users[0].password ({bcrypt}… or {noop}…) and users[0].role (viewer or operator), users[1].name …
 * @param maxBodySize the largest body of a request
 */
@ConfigurationProperties("cdc.security")
public record SecurityProperties(
        @DefaultValue List<User> users, @DefaultValue("1MB") DataSize maxBodySize) {

    /** Somebody who may come in. */
    public record User(String name, String password, Role role) {

        private static final Pattern PASSWORD =
                Pattern.compile("\\{noop}.+|\\{bcrypt}\\$2[aby]?\\$\\d\\d\\$[./A-Za-z0-9]{53}", Pattern.DOTALL);

        /** In all words but the password's. */
        @Override
        public String toString() {
            return "User[name=" + name + ", role=" + role + "]";
        }
    }

    public SecurityProperties {
        users = List.copyOf(users);
        for (int i = 0; i < users.size(); i++) {
            validate("cdc.security.users[" + i + "]", users.get(i));
        }
        if (users.stream().map(User::name).distinct().count() < users.size()) {
            throw new IllegalArgumentException("cdc.security.users has two users of the same name");
        }
        if (maxBodySize.toBytes() <= 0) {
            throw new IllegalArgumentException("cdc.security.max-body-size has to be positive");
        }
    }

    private static void validate(String key, User user) {
        if (user.name() == null || user.name().isBlank() || user.name().contains(":")) {
            throw new IllegalArgumentException(key + ".name is needed, without a colon");
        }
        if (user.role() == null) {
            throw new IllegalArgumentException(key + ".role is needed: viewer or operator");
        }
        if (user.password() == null || !User.PASSWORD.matcher(user.password()).matches()) {
            throw new IllegalArgumentException(
                    key
                            + ".password has to be {bcrypt} and a hash ('htpasswd -bnBC 10 \"\" PASSWORD | tr -d :'), or {noop} and the password itself");
        }
    }
}
