package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.admin.OffsetPlanner.Target;
import dev.tidemark.web.BadParameterException;
import dev.tidemark.web.Times;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The body of a request to move offsets, as Kafka Connect has it for its sinks:
 * {@code {"offsets":[{"partition":{"kafka_topic":"…","kafka_partition":0},"offset":{"kafka_offset":5}}]}}. An offset that is null stands for the earliest,
 * and {@code {"timestamp":"…"}} in its place for a time.
 */
final class OffsetsBody {

    private static final String BODY = "the body";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private OffsetsBody() {}

    static Map<TopicPartition, Target> targets(@Nullable String body) {
        JsonNode offsets = members(BODY, parse(body), Set.of("offsets")).get("offsets");
        if (offsets == null || !offsets.isArray() || offsets.isEmpty()) {
            throw new BadParameterException(
                    "offsets",
                    "has to be an array such as [{\"partition\":{\"kafka_topic\":\"hr.public.people\",\"kafka_partition\":0},\"offset\":{\"kafka_offset\":0}}]");
        }
        Map<TopicPartition, Target> targets = new LinkedHashMap<>();
        for (int i = 0; i < offsets.size(); i++) {
            String where = "offsets[" + i + "]";
            Map<String, JsonNode> entry = members(where, offsets.get(i), Set.of("partition", "offset"));
            TopicPartition partition = partition(where + ".partition", entry.get("partition"));
            if (!entry.containsKey("offset")) {
                throw new BadParameterException(where, "needs an offset, which may be null");
            }
            if (targets.put(partition, target(where + ".offset", entry.get("offset"))) != null) {
                throw new BadParameterException(where, partition + " stands here for the second time");
            }
        }
        return targets;
    }

    private static JsonNode parse(@Nullable String body) {
        try {
            return JSON.readTree(body == null || body.isBlank() ? "null" : body);
        } catch (JacksonException e) {
            throw new BadParameterException(BODY, "is not JSON: " + e.getOriginalMessage());
        }
    }

    private static TopicPartition partition(String where, @Nullable JsonNode node) {
        Map<String, JsonNode> members = members(where, node, Set.of("kafka_topic", "kafka_partition"));
        JsonNode topic = members.get("kafka_topic");
        JsonNode number = members.get("kafka_partition");
        if (topic == null || !topic.isString()) {
            throw new BadParameterException(where + ".kafka_topic", "has to be the name of a topic");
        }
        if (number == null || !number.isIntegralNumber() || !number.canConvertToInt() || number.asInt() < 0) {
            throw new BadParameterException(where + ".kafka_partition", "has to be a number from 0 on");
        }
        return new TopicPartition(topic.asString(), number.asInt());
    }

    private static Target target(String where, @Nullable JsonNode node) {
        if (node == null || node.isNull()) {
            return Target.EARLIEST;
        }
        Map<String, JsonNode> members = members(where, node, Set.of("kafka_offset", "timestamp"));
        JsonNode offset = members.get("kafka_offset");
        JsonNode time = members.get("timestamp");
        if (members.size() != 1) {
            throw new BadParameterException(where, "needs either a kafka_offset or a timestamp");
        }
        return offset == null
                ? new Target(null, time(where + ".timestamp", time))
                : new Target(number(where + ".kafka_offset", offset), null);
    }

    private static long number(String where, JsonNode offset) {
        if (!offset.isIntegralNumber() || !offset.canConvertToLong()) {
            throw new BadParameterException(where, "has to be a number");
        }
        return offset.asLong();
    }

    private static Instant time(String where, @Nullable JsonNode time) {
        try {
            if (time != null && time.isString()) {
                Instant instant = Times.parse(time.asString());
                if (instant.getEpochSecond() >= 0) {
                    return instant;
                }
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new BadParameterException(where, "has to be a time such as \"" + Times.EXAMPLE + "\"");
    }

    private static Map<String, JsonNode> members(String where, @Nullable JsonNode node, Set<String> allowed) {
        if (node == null || !node.isObject()) {
            throw new BadParameterException(where, "has to be a JSON object");
        }
        Map<String, JsonNode> members = new LinkedHashMap<>();
        node.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
        if (!allowed.containsAll(members.keySet())) {
            throw new BadParameterException(where, "may have " + new TreeSet<>(allowed) + " and nothing else");
        }
        return members;
    }
}
