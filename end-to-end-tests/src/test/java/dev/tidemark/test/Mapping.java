package dev.tidemark.test;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * What a service answers to, as Spring has it at run time: so no endpoint can be forgotten.
 *
 * @param pattern its path, with variables in braces
 */
record Mapping(String method, String pattern) {

    /** @param mappings what {@code /actuator/mappings} says */
    static List<Mapping> all(JsonNode mappings) {
        List<Mapping> all = new ArrayList<>();
        mappings.findValues("requestMappingConditions")
                .forEach(conditions -> conditions
                        .path("patterns")
                        .forEach(pattern -> methods(conditions)
                                .forEach(method -> all.add(new Mapping(method, pattern.asString())))));
        return all.stream().distinct().toList();
    }

    private static List<String> methods(JsonNode conditions) {
        List<String> methods = StreamSupport.stream(conditions.path("methods").spliterator(), false)
                .map(JsonNode::asString)
                .toList();
        return methods.isEmpty() ? List.of("GET", "POST") : methods;
    }

    boolean isReading() {
        return method.equals("GET");
    }

    boolean isActuator() {
        return pattern.startsWith("/actuator");
    }

    /** DOWN is no failure of the request. */
    boolean isHealth() {
        return pattern.startsWith("/actuator/health");
    }

    boolean hasVariable() {
        return pattern.contains("{") || pattern.contains("*");
    }

    /** @param value for each variable, encoded already */
    String path(String value) {
        return pattern.replaceAll(
                "\\{[^}]*}|\\*\\*", value.replace("\\", "\\\\").replace("$", "\\$"));
    }

    @Override
    public String toString() {
        return method + " " + pattern;
    }
}
