package dev.tidemark.apidocs;

import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.http.HttpStatus;

/** Refusals, as RFC 9457 has them. */
final class Problems {

    private Problems() {}

    static Schema<?> schema() {
        return new Schema<>()
                .types(Set.of("object"))
                .description(
                        "Why something was not done, and what to do, as RFC 9457 has it; some have further members")
                .addProperty("status", member("integer", "The status once more"))
                .addProperty("title", member("string", "What the status is called"))
                .addProperty("detail", member("string", "What is in the way, and what to do"))
                .addProperty("instance", member("string", "The path that was asked for"))
                .addProperty("parameter", member("string", "With status 400, what is wrong with the request"))
                .addProperty("sqlState", member("string", "Of the database's error, if there is one"))
                .required(List.of("status", "title", "detail"));
    }

    private static Schema<?> member(String type, String description) {
        return new Schema<>().types(Set.of(type)).description(description);
    }

    /** 401 and 403, which are the same for all. */
    static Map<String, ApiResponse> ofAccess() {
        Map<String, ApiResponse> responses = new TreeMap<>();
        responses.put(
                "Unauthorized",
                response(401, "This needs credentials: a user and a password (HTTP Basic)", "/admin/status"));
        responses.put("Forbidden", response(403, "This needs the role operator", "/admin/pause"));
        return responses;
    }

    static ApiResponse unauthorized() {
        return new ApiResponse().$ref("#/components/responses/Unauthorized");
    }

    static ApiResponse forbidden() {
        return new ApiResponse().$ref("#/components/responses/Forbidden");
    }

    /** @param path with its variables, for the example */
    static ApiResponse response(int code, String detail, String path) {
        HttpStatus status = HttpStatus.valueOf(code);
        Map<String, Object> example = new LinkedHashMap<>();
        example.put("detail", detail);
        example.put("instance", path);
        example.put("status", code);
        example.put("title", status.getReasonPhrase());
        MediaType body = new MediaType().schema(new Schema<>().$ref("#/components/schemas/Problem"));
        body.setExample(example);
        return new ApiResponse()
                .description(status.getReasonPhrase())
                .content(new Content().addMediaType("application/problem+json", body));
    }
}
