package dev.tidemark.apidocs;

import io.swagger.v3.core.jackson.TypeNameResolver;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Names records by what they are to whoever reads the document: with the record or controller that they belong to, and without what that is in Java. */
final class SchemaNames extends TypeNameResolver {

    private final Map<String, Class<?>> named = new HashMap<>();

    @Override
    protected String getNameOfClass(Class<?> type) {
        String name = plain(type);
        Class<?> outer = type.getEnclosingClass();
        if (outer != null && !plain(outer).equals(name)) {
            name = plain(outer) + name;
        }
        Class<?> other = named.putIfAbsent(name, type);
        if (other != null && other != type) {
            throw new IllegalStateException("Both " + other + " and " + type + " would be the schema " + name);
        }
        return name;
    }

    @Override
    protected String nameForClass(Class<?> type, Set<Options> options) {
        return getNameOfClass(type);
    }

    Map<String, Class<?>> named() {
        return named;
    }

    private static String plain(Class<?> type) {
        return type.getSimpleName().replaceFirst("(?<=.)(Controller|Endpoint|View)$", "");
    }
}
