package dev.tidemark.producer.admin;

import dev.tidemark.web.BadParameterException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The body of a request to add a table: the options of cdc.choose, or nothing. What they mean for the table is for the source to say. */
final class ChoiceBody {

    /** An object that names a member twice is not taken for what it says last. */
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private ChoiceBody() {}

    /** @return the options as JSON; null if there are none */
    static @Nullable String options(@Nullable String body) {
        if (body == null || body.isBlank()) {
            return null;
        }
        JsonNode options = parse(body);
        if (!options.isObject()) {
            throw bad("has to be an object");
        }
        String text = options.toString();
        if (text.contains("\\u0000")) {
            throw bad("PostgreSQL has no texts with the character 0");
        }
        return text;
    }

    private static JsonNode parse(String body) {
        try {
            return MAPPER.readTree(body);
        } catch (JacksonException e) {
            throw bad("is not JSON: " + e.getOriginalMessage());
        }
    }

    private static BadParameterException bad(String problem) {
        return new BadParameterException(
                "the body",
                problem
                        + "; it may be left out, or be as in {\"columns\":{\"exclude\":[\"ssn\"],\"mask\":[\"mail\"],\"hash\":[\"card\"]},\"rows\":\"region = 'EU'\"}");
    }
}
