package dev.tidemark.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;

class PartitioningTest {

    @Test
    void spreadsKeysAsKafkasOwnClientsDo() {
        for (int id = 0; id < 1000; id++) {
            byte[] key = ("{\"id\" : " + id + "}").getBytes(StandardCharsets.UTF_8);
            assertThat(new Partitioning(7, Map.of()).partitionOf(key))
                    .isEqualTo(BuiltInPartitioner.partitionForKey(key, 7));
        }
    }

    @Test
    void travelsInAHeaderWithTheKeyInItsOrder() {
        Map<String, String> key = new LinkedHashMap<>();
        key.put("z", "bigint");
        key.put("a", "text");
        Partitioning read = Partitioning.read(new Partitioning(4, key).toBytes());
        assertThat(read).isEqualTo(new Partitioning(4, key));
        assertThat(List.copyOf(read.key().keySet())).containsExactly("z", "a");
    }

    @Test
    void isNotGuessed() {
        assertThatThrownBy(() -> Partitioning.read("4".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(UndecodableException.class)
                .hasMessageContaining("tidemark.partitioning");
        assertThatThrownBy(() -> Partitioning.read("{\"partitions\":0,\"key\":{}}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(UndecodableException.class);
    }
}
