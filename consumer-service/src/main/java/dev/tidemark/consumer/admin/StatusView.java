package dev.tidemark.consumer.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.consumer.apply.ErrorKind;
import dev.tidemark.consumer.apply.Problem;
import dev.tidemark.consumer.ingest.LastError;
import dev.tidemark.consumer.ingest.PartitionStatus;
import dev.tidemark.consumer.ingest.Topics.Member;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * An instance on one page.
 *
 * @param cause what keeps it from working, if it has failed
 * @param paused who has paused the group, also where it has failed besides; null if it is not
 * @param lag how many records of its topics are not applied; null if that is not known
 * @param partitions those of this instance
 * @param ignoredColumns columns whose values are left out, since the destination does not have them, by table; as far as this instance has met any
 * @param others the other consumers of the group that have partitions, as Kafka knows them
 * @param lastError what went wrong last since the start, also when it is over
 * @param error why some of it is not known
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record StatusView(
        State state,
        Map<String, String> cause,
        @Nullable Paused paused,
        String instance,
        @Nullable String version,
        @Nullable String commit,
        @Nullable Long lag,
        @JsonInclude List<Partition> partitions,
        Map<String, Set<String>> ignoredColumns,
        List<Other> others,
        @Nullable LastError lastError,
        @Nullable String error) {

    record Paused(@Nullable String by, @Nullable Instant since) {}

    /**
     * A consumer that has what this instance has not.
     *
     * @param clientId its {@code spring.kafka.consumer.client-id}
     * @param host where it connects to Kafka from
     * @param partitions those that it has, such as {@code tidemark.public.people-0}
     */
    record Other(String clientId, String host, List<String> partitions) {

        static Other of(Member member) {
            return new Other(
                    member.clientId(),
                    member.host(),
                    member.partitions().stream()
                            .map(TopicPartition::toString)
                            .sorted()
                            .toList());
        }
    }

    enum PartitionState {
        STREAMING,
        /** Its next record cannot be applied. */
        BLOCKED,
        PAUSED,
        /** It is not known yet where it is to be read. */
        STARTING
    }

    /**
     * @param nextOffset the first record that is not applied
     * @param lag how many records are not applied; markers count as records
     * @param lastSequence {@code source.sequence} of the last event that is applied
     * @param problem why it does not go on; null if it does
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Partition(
            String topic,
            int partition,
            PartitionState state,
            @Nullable Long nextOffset,
            @Nullable Long endOffset,
            @Nullable Long lag,
            @Nullable Long lastSequence,
            @Nullable Instant appliedAt,
            @Nullable Blocked problem) {}

    /** @param offset of the record that cannot be applied; null if it is not about a record */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Blocked(
            ErrorKind kind,
            @Nullable String table,
            @Nullable RawJson key,
            @Nullable Long offset,
            @Nullable String sqlState,
            String message,
            @Nullable Instant since,
            int failures) {

        static @Nullable Blocked of(PartitionStatus known) {
            Problem problem = known.problem();
            if (problem == null) {
                return null;
            }
            return new Blocked(
                    problem.kind(),
                    problem.table() == null ? null : problem.table().toString(),
                    problem.key() == null
                            ? null
                            : RawJson.orString(problem.key().json()),
                    problem.offset() < 0 ? null : problem.offset(),
                    problem.sqlState(),
                    problem.message(),
                    known.since(),
                    known.failures());
        }
    }
}
