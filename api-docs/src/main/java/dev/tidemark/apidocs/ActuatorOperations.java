package dev.tidemark.apidocs;

import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.core.converter.ResolvedSchema;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.PathParameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.actuate.endpoint.annotation.DiscoveredEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.ExposableWebEndpoint;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.actuate.endpoint.web.WebOperation;
import org.springframework.boot.actuate.endpoint.web.WebOperationRequestPredicate;

/** Adds what the actuator answers to; of our own endpoints also with what they answer, which springdoc does not see. */
final class ActuatorOperations implements OpenApiCustomizer {

    private static final Pattern VARIABLE = Pattern.compile("\\{\\*?(\\w+)}");

    private final WebEndpointsSupplier endpoints;
    private final String basePath;

    ActuatorOperations(WebEndpointsSupplier endpoints, String basePath) {
        this.endpoints = endpoints;
        this.basePath = basePath;
    }

    @Override
    public void customise(OpenAPI document) {
        document.path(
                basePath, new PathItem().get(operation(new Schema<>().types(Set.of("object")), "application/json")));
        for (ExposableWebEndpoint endpoint : endpoints.getEndpoints()) {
            for (WebOperation operation : endpoint.getOperations()) {
                add(document, endpoint, operation.getRequestPredicate());
            }
        }
    }

    private void add(OpenAPI document, ExposableWebEndpoint endpoint, WebOperationRequestPredicate asked) {
        Matcher variable = VARIABLE.matcher(asked.getPath());
        String type = asked.getProduces().stream()
                .filter(produced -> !produced.contains("spring-boot"))
                .findFirst()
                .orElse("application/json");
        Schema<?> schema = type.startsWith("text/")
                ? new Schema<>().types(Set.of("string"))
                : schema(document, ((DiscoveredEndpoint<?>) endpoint).getEndpointBean());
        Operation operation = operation(schema, type);
        while (variable.find()) {
            operation.addParametersItem(
                    new PathParameter().name(variable.group(1)).schema(new Schema<String>().types(Set.of("string"))));
        }
        String path = basePath + "/" + VARIABLE.matcher(asked.getPath()).replaceAll("{$1}");
        PathItem item = item(document, path);
        item.operation(PathItem.HttpMethod.valueOf(asked.getHttpMethod().name()), operation);
        document.path(path, item);
    }

    private static PathItem item(OpenAPI document, String path) {
        PathItem known = document.getPaths().get(path);
        return known == null ? new PathItem() : known;
    }

    private static Operation operation(Schema<?> schema, String type) {
        Content content = new Content().addMediaType(type, new MediaType().schema(schema));
        return new Operation()
                .responses(new ApiResponses()
                        .addApiResponse(
                                "200", new ApiResponse().description("OK").content(content)));
    }

    private static Schema<?> schema(OpenAPI document, Object endpoint) {
        Class<?> type = AopUtils.getTargetClass(endpoint);
        if (!type.getName().startsWith("dev.tidemark.")) {
            return new Schema<>().types(Set.of("object"));
        }
        Method read = Arrays.stream(type.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(ReadOperation.class))
                .findFirst()
                .orElseThrow();
        ResolvedSchema resolved = ModelConverters.getInstance(true)
                .resolveAsResolvedSchema(new AnnotatedType(read.getGenericReturnType()).resolveAsRef(true));
        resolved.referencedSchemas.forEach(document.getComponents()::addSchemas);
        return resolved.schema;
    }
}
