package dev.tidemark.apidocs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Says of the members of records what they mean, and whether they may be missing or null. */
final class RecordSchemas {

    private final SchemaNames names;
    private final Set<Class<?>> anyJson;

    RecordSchemas(SchemaNames names, Set<Class<?>> anyJson) {
        this.names = names;
        this.anyJson = anyJson;
    }

    void describe(Components components) {
        names.named().forEach((name, type) -> {
            Schema<?> schema = components.getSchemas().get(name);
            if (schema != null && type.isRecord()) {
                describe(schema, type);
            }
        });
    }

    private void describe(Schema<?> schema, Class<?> type) {
        schema.setDescription(JavadocText.ofRecord(type));
        schema.setRequired(null);
        for (RecordComponent component : type.getRecordComponents()) {
            String name = name(component);
            boolean leftOut = mayBeLeftOut(component, type);
            if (!leftOut) {
                schema.addRequiredItem(name);
            }
            schema.getProperties()
                    .computeIfPresent(name, (same, property) -> described(property, component, type, leftOut));
        }
    }

    private static boolean mayBeLeftOut(RecordComponent component, Class<?> type) {
        JsonInclude own = component.getAccessor().getAnnotation(JsonInclude.class);
        JsonInclude include = own == null ? type.getAnnotation(JsonInclude.class) : own;
        JsonInclude.Include which = include == null ? JsonInclude.Include.ALWAYS : include.value();
        boolean empty = component.getType() == Map.class || component.getType() == List.class;
        return which != JsonInclude.Include.ALWAYS
                && (isNullable(component) || which == JsonInclude.Include.NON_EMPTY && empty);
    }

    private static boolean isNullable(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private Schema<?> described(Schema<?> property, RecordComponent component, Class<?> type, boolean mayBeLeftOut) {
        Schema<?> schema = property;
        if (anyJson.contains(component.getType())) {
            schema = new Schema<>();
        } else if (isNullable(component) && !mayBeLeftOut) {
            schema = orNull(property);
        }
        schema.setDescription(JavadocText.ofComponent(type, component.getName(), component.getType()));
        return schema;
    }

    private static String name(RecordComponent component) {
        JsonProperty property = component.getAccessor().getAnnotation(JsonProperty.class);
        return property == null || property.value().isEmpty() ? component.getName() : property.value();
    }

    private static Schema<?> orNull(Schema<?> property) {
        if (property.get$ref() == null) {
            property.addType("null");
            return property;
        }
        Schema<Object> either = new Schema<>();
        either.setAnyOf(List.of(property, new Schema<>().types(Set.of("null"))));
        return either;
    }
}
