package dev.tidemark.apidocs;

import static dev.tidemark.apidocs.Descriptions.map;
import static dev.tidemark.apidocs.Descriptions.text;

import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.parameters.QueryParameter;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** An operation, and what is said of it beside its code. */
final class DescribedOperation {

    private static final String JSON = "application/json";

    private final Operation operation;
    private final String path;
    private final Map<String, Object> description;

    DescribedOperation(Operation operation, String path, Map<String, Object> description) {
        this.operation = operation;
        this.path = path;
        this.description = description;
    }

    void describe(PathItem.HttpMethod method) {
        operation.setOperationId(id(method));
        operation.setTags(description.containsKey("tag") ? List.of(String.valueOf(description.get("tag"))) : null);
        if (description.containsKey("summary")) {
            operation.setSummary(text(description, "summary"));
            operation.setDescription(text(description, "description"));
        }
        Descriptions.<Map<String, Object>>map(description.get("parameters")).forEach(this::describeParameter);
        if (description.containsKey("body")) {
            describeBody(map(description.get("body")));
        }
        describeResponses(method != PathItem.HttpMethod.GET);
    }

    /** Such as {@code postAdminPause}. */
    private String id(PathItem.HttpMethod method) {
        return method.name().toLowerCase(Locale.ROOT)
                + Pattern.compile("[^A-Za-z0-9]+(\\w?)")
                        .matcher(path)
                        .replaceAll(word -> word.group(1).toUpperCase(Locale.ROOT));
    }

    /** A parameter that the controller does not declare is one of the query. */
    private void describeParameter(String name, Map<String, Object> described) {
        Parameter parameter = Objects.requireNonNullElse(operation.getParameters(), List.<Parameter>of()).stream()
                .filter(known -> known.getName().equals(name))
                .findFirst()
                .orElse(null);
        if (parameter == null) {
            parameter = new QueryParameter().name(name).required(false);
            operation.addParametersItem(parameter);
        }
        if (described.containsKey("schema")) {
            parameter.setSchema(schema(described));
        }
        parameter.setDescription(text(described, "description"));
        parameter.setExample(described.get("example"));
    }

    private static Schema<?> schema(Map<String, Object> described) {
        return Json31.mapper().convertValue(map(described.get("schema")), JsonSchema.class);
    }

    /** What the controller says of the body's form goes before a form that is given here. */
    private void describeBody(Map<String, Object> described) {
        RequestBody body = Objects.requireNonNullElseGet(operation.getRequestBody(), RequestBody::new);
        MediaType json = body.getContent() == null ? null : body.getContent().get(JSON);
        if (json == null) {
            json = new MediaType();
        }
        if (described.containsKey("schema")) {
            json.setSchema(schema(described));
        }
        json.setExample(described.get("example"));
        body.setDescription(text(described, "description"));
        body.setContent(new Content().addMediaType(JSON, json));
        operation.setRequestBody(body);
    }

    private void describeResponses(boolean changing) {
        Map<Integer, ApiResponse> responses = new TreeMap<>(Map.of(401, Problems.unauthorized()));
        if (changing) {
            responses.put(403, Problems.forbidden());
        }
        Map<?, ?> examples = (Map<?, ?>) description.getOrDefault("responses", Map.of());
        examples.forEach((key, example) -> {
            int code = (Integer) key;
            responses.put(
                    code,
                    code >= 400 ? Problems.response(code, String.valueOf(example), path) : success(code, example));
        });
        ApiResponses all = new ApiResponses();
        responses.forEach((code, response) -> all.addApiResponse(String.valueOf(code), response));
        operation.setResponses(all);
    }

    private ApiResponse success(int code, @Nullable Object example) {
        ApiResponse response = operation.getResponses().values().stream()
                .filter(known -> known.getContent() != null)
                .findFirst()
                .orElseGet(ApiResponse::new);
        if (response.getContent() != null) {
            response.getContent().values().forEach(content -> content.setExample(example));
        }
        return response.description(HttpStatus.valueOf(code).getReasonPhrase());
    }
}
