package dev.tidemark.apidocs;

import static dev.tidemark.apidocs.Descriptions.text;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.Paths;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import io.swagger.v3.oas.models.tags.Tag;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springdoc.core.customizers.OpenApiCustomizer;

/** Puts what {@link Descriptions} has into the document that springdoc has made, everything in an order that does not change from run to run. */
final class DescribedDocument implements OpenApiCustomizer {

    private final Descriptions descriptions;
    private final RecordSchemas records;

    DescribedDocument(Descriptions descriptions, RecordSchemas records) {
        this.descriptions = descriptions;
        this.records = records;
    }

    @Override
    public void customise(OpenAPI document) {
        Map<String, Object> service = descriptions.service();
        document.info(new Info()
                        .title(text(service, "title"))
                        .description(text(service, "description"))
                        .version("1")
                        .license(new License().name("Apache-2.0").identifier("Apache-2.0")))
                .servers(List.of(new Server().url(text(service, "server"))))
                .security(List.of(
                        new SecurityRequirement().addList("basic"), new SecurityRequirement().addList("bearer")))
                .tags(Descriptions.<String>map(service.get("tags")).entrySet().stream()
                        .map(tag -> new Tag().name(tag.getKey()).description(tag.getValue()))
                        .toList());
        describeOperations(document);
        describeComponents(document.getComponents());
    }

    private void describeOperations(OpenAPI document) {
        Paths sorted = new Paths();
        new TreeMap<>(document.getPaths()).forEach((path, item) -> {
            item.readOperationsMap().forEach((method, operation) -> describe(method, path, operation));
            sorted.addPathItem(path, item);
        });
        document.paths(sorted);
    }

    private void describe(PathItem.HttpMethod method, String path, Operation operation) {
        Map<String, Object> description = descriptions.of(method + " " + path);
        new DescribedOperation(operation, path, description).describe(method);
    }

    private void describeComponents(Components components) {
        records.describe(components);
        Map<String, Schema> sorted = new TreeMap<>(components.getSchemas());
        sorted.put("Problem", Problems.schema());
        components
                .schemas(sorted)
                .responses(Problems.ofAccess())
                .addSecuritySchemes(
                        "basic",
                        new SecurityScheme().type(SecurityScheme.Type.HTTP).scheme("basic"))
                .addSecuritySchemes(
                        "bearer",
                        new SecurityScheme()
                                .type(SecurityScheme.Type.HTTP)
                                .scheme("bearer")
                                .bearerFormat("JWT"));
    }
}
