package dev.tidemark.test;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A topic as it was once, in a file: what readers of others have to cope with. Times, and numbers that are others each time, are the same in all records.
 *
 * @param key null for a truncate
 * @param value null for a marker
 */
record GoldenTopic(@Nullable String key, @Nullable String value) {

    static final Path FILE = Path.of("../shared-model/src/test/resources/golden/topic.tsv");
    private static final String NULL = "-";

    static List<GoldenTopic> read() throws IOException {
        return Files.readAllLines(FILE).stream()
                .map(line -> line.split("\t"))
                .map(GoldenTopic::of)
                .toList();
    }

    private static GoldenTopic of(String[] columns) {
        return new GoldenTopic(
                columns[0].equals(NULL) ? null : columns[0], columns[1].equals(NULL) ? null : columns[1]);
    }

    static GoldenTopic of(ConsumerRecord<byte[], byte[]> record) {
        String key = record.key() == null ? null : new String(record.key(), UTF_8);
        String value = record.value() == null ? null : new String(record.value(), UTF_8);
        return new GoldenTopic(key, value == null ? null : steady(value));
    }

    private static String steady(String value) {
        return value.replaceFirst("\"version\":\"[^\"]*\"", "\"version\":\"1.0.0\"")
                .replaceFirst("\"name\":\"e2e_\\w+\"", "\"name\":\"shop\"")
                .replaceFirst("\"db\":\"e2e_\\w+\"", "\"db\":\"shop\"")
                .replaceAll("\"ts_ms\":\\d+", "\"ts_ms\":1795000000123")
                .replaceFirst("\"ts_us\":\\d+", "\"ts_us\":1795000000123456")
                .replaceFirst("\"txId\":\\d+", "\"txId\":1234")
                .replaceFirst("\"sequence\":\\d+", "\"sequence\":3298534883345")
                .replaceFirst("\"changeId\":[1-9]\\d*", "\"changeId\":5678");
    }

    byte @Nullable [] valueBytes() {
        return value == null ? null : value.getBytes(UTF_8);
    }

    @Override
    public String toString() {
        return (key == null ? NULL : key) + "\t" + (value == null ? NULL : value);
    }
}
