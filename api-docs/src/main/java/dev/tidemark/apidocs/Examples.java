package dev.tidemark.apidocs;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The examples of a document, held against what the document says of their form, and against the meters there are. */
final class Examples {

    private static final Pattern METER = Pattern.compile("\\bcdc[._][a-z._]*[a-z]");

    private final SchemaRegistry schemas = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder -> builder.schemaRegistryConfig(
                    SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));

    private final JsonNode document;
    private final Set<String> meters;
    private final List<String> mistakes = new ArrayList<>();

    private Examples(JsonNode document, Set<String> meters) {
        this.document = document;
        this.meters = meters;
    }

    /**
     * @param document an OpenAPI document as YAML
     * @param meters by all their names
     * @return what is false, each with where it stands
     */
    static List<String> mistakes(String document, Set<String> meters) {
        Examples examples = new Examples(YAMLMapper.shared().readTree(document), meters);
        close(examples.document);
        examples.check(examples.document, "document");
        return examples.mistakes;
    }

    /** Readers of a document are to bear members that it does not name; its own examples are not to have any. */
    private static void close(JsonNode node) {
        if (node.isObject() && node.path("properties").isObject() && !node.has("additionalProperties")) {
            ((ObjectNode) node).put("additionalProperties", false);
        }
        node.forEach(Examples::close);
    }

    /** What a schema or an example has inside is none of the document's. */
    private void check(JsonNode node, String where) {
        if (node.has("schema") && node.has("example")) {
            check(node.get("schema"), node.get("example"), where);
            return;
        }
        node.properties().forEach(child -> check(child.getValue(), where + " " + child.getKey()));
        if (node.isArray()) {
            node.forEach(child -> check(child, where + " " + child.path("name").asString("")));
        }
    }

    private void check(JsonNode form, JsonNode example, String where) {
        ObjectNode whole = (ObjectNode) form.deepCopy();
        whole.set("components", document.get("components"));
        Schema schema = schemas.getSchema(whole);
        for (Error error : schema.validate(example)) {
            mistakes.add(where + ": " + error);
        }
        if (where.contains(" /actuator/")) {
            METER.matcher(example.toString())
                    .results()
                    .map(MatchResult::group)
                    .filter(name -> !meters.contains(name))
                    .forEach(name -> mistakes.add(where + ": there is no meter " + name));
        }
    }
}
