package dev.tidemark.consumer.deadletter;

import static java.util.stream.Collectors.toUnmodifiableSet;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topics that cannot be made, or not be written, though Kafka is there: somebody has to put that right. Their letters are left out for a while, so that
 * they do not keep those of other topics from being sent. Topics are named as those of the events. Written by one thread, read by several.
 */
final class TopicFaults {

    private static final Logger log = LoggerFactory.getLogger(TopicFaults.class);

    /** What does not pass by waiting, and says nothing of other topics. Of anything else it is assumed that Kafka is away. */
    private static final List<Class<? extends RuntimeException>> FAULTS = List.of(
            TopicAuthorizationException.class,
            InvalidTopicException.class,
            InvalidPartitionsException.class,
            InvalidReplicationFactorException.class,
            InvalidConfigurationException.class,
            PolicyViolationException.class);

    static final Duration LEFT_OUT = Duration.ofMinutes(1);

    private final Clock clock;
    private final Map<String, Fault> faults = new ConcurrentSkipListMap<>();
    private final AtomicLong count = new AtomicLong();

    TopicFaults(Clock clock) {
        this.clock = clock;
    }

    private record Fault(Instant nextTry, String message) {}

    /** Whether the topic is to blame. */
    static boolean isOne(@Nullable Throwable error) {
        return FAULTS.stream().anyMatch(fault -> fault.isInstance(error));
    }

    /** Leaves the topic's letters out from now on. */
    void add(String topic, String message) {
        Fault last = faults.put(topic, new Fault(clock.instant().plus(LEFT_OUT), message));
        count.incrementAndGet();
        if (last == null) {
            log.warn("The dead letters of a topic cannot be sent to Kafka: topic={} message={}", topic, message);
        }
    }

    /** How often a topic had to be left out. */
    long count() {
        return count.get();
    }

    /** The topics whose letters are left out now. */
    Set<String> leftOut() {
        Instant now = clock.instant();
        return faults.entrySet().stream()
                .filter(fault -> now.isBefore(fault.getValue().nextTry()))
                .map(Map.Entry::getKey)
                .collect(toUnmodifiableSet());
    }

    boolean isLeftOut(String topic) {
        return leftOut().contains(topic);
    }

    /** A letter of the topic was sent; it may have been on its way when the topic was left out, which says nothing. */
    void mended(String topic) {
        if (!isLeftOut(topic) && faults.remove(topic) != null) {
            log.info("The dead letters of a topic are sent to Kafka again: topic={}", topic);
        }
    }

    /** All letters are sent but for those that are left out: another instance may have done it. */
    void allSentBut(Set<String> leftOut) {
        faults.keySet().stream().filter(topic -> !leftOut.contains(topic)).forEach(this::mended);
    }

    /** What is wrong with the first of them, and how many more there are; null if there are none. */
    @Nullable
    String message() {
        var all = List.copyOf(faults.entrySet());
        if (all.isEmpty()) {
            return null;
        }
        String others = all.size() == 1 ? "" : " (and of " + (all.size() - 1) + " other topics)";
        return "The dead letters of " + all.get(0).getKey() + others + " are left out and tried again each minute: "
                + all.get(0).getValue().message();
    }
}
