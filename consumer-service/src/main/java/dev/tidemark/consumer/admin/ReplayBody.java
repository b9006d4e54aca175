package dev.tidemark.consumer.admin;

import dev.tidemark.web.BadParameterException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The body of a request to replay: {@code {"row": {…}}} for an edited row, or nothing. */
final class ReplayBody {

    private static final String BODY = "the body";

    private ReplayBody() {}

    /** @return the edited row as it was written; null if there is none */
    static @Nullable String row(@Nullable String body) {
        if (body == null || body.isBlank()) {
            return null;
        }
        Map<String, RawJson> members = objectOf(BODY, body);
        RawJson row = members.get("row");
        if (row == null || members.size() > 1) {
            throw new BadParameterException(BODY, "has to be {\"row\": {…}} and nothing else");
        }
        objectOf("row", row.text()).forEach((column, value) -> {
            if (!value.isScalar()) {
                throw new BadParameterException(
                        "row",
                        "the value of " + column + " has to be written as in the event: json and arrays as strings");
            }
        });
        return row.text();
    }

    private static Map<String, RawJson> objectOf(String what, String text) {
        try {
            return RawJson.parseUnambiguous(text).members();
        } catch (IllegalArgumentException e) {
            throw new BadParameterException(what, "has to be a JSON object: " + e.getMessage());
        }
    }
}
