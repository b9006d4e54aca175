package dev.tidemark.test;

import dev.tidemark.stack.ServiceProcess;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a service says of its pipeline.
 *
 * @param status UP or DOWN
 * @param details everything that it says beside
 */
record Health(String status, JsonNode details) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    static Health of(ServiceProcess service) {
        JsonNode pipeline = JSON.readTree(service.get("/actuator/health"))
                .path("components")
                .path("pipeline");
        return new Health(pipeline.path("status").asString(""), pipeline.path("details"));
    }

    /** The content of an actuator endpoint. */
    static JsonNode endpoint(ServiceProcess service, String name) {
        return JSON.readTree(service.get("/actuator/" + name));
    }

    boolean isUp() {
        return status.equals("UP");
    }

    /** What the producer is doing: RUNNING, STANDBY … */
    String state() {
        return details.path("state").asString("");
    }

    /** Whether it is down and names all of this as the reason. */
    boolean blames(String... parts) {
        String text = details.toString();
        for (String part : parts) {
            if (!text.contains(part)) {
                return false;
            }
        }
        return status.equals("DOWN");
    }
}
