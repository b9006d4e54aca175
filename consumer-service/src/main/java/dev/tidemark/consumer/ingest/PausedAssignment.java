package dev.tidemark.consumer.ingest;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.springframework.kafka.core.ConsumerPostProcessor;

/**
 * Makes consumers that read nothing of a new partition until they are told where. The container asks for the position of new partitions before any listener
 * of ours hears of them, and a consumer that is asked looks at the group's offsets, where there may be none. So each partition gets a position, which
 * means nothing, and is paused first of all.
 */
final class PausedAssignment implements ConsumerPostProcessor<Object, Object> {

    @Override
    @SuppressWarnings("unchecked")
    public Consumer<Object, Object> apply(Consumer<Object, Object> consumer) {
        return (Consumer<Object, Object>) Proxy.newProxyInstance(
                Consumer.class.getClassLoader(), new Class<?>[] {Consumer.class}, (proxy, method, arguments) -> {
                    if (isSubscription(method)) {
                        consumer.subscribe(
                                (Pattern) arguments[0], pausing(consumer, (ConsumerRebalanceListener) arguments[1]));
                        return null;
                    }
                    try {
                        return method.invoke(consumer, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getTargetException();
                    }
                });
    }

    private static boolean isSubscription(Method method) {
        return method.getName().equals("subscribe")
                && method.getParameterCount() == 2
                && method.getParameterTypes()[0] == Pattern.class;
    }

    private static ConsumerRebalanceListener pausing(Consumer<?, ?> consumer, ConsumerRebalanceListener listener) {
        return new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                partitions.forEach(partition -> consumer.seek(partition, 0));
                consumer.pause(partitions);
                listener.onPartitionsAssigned(partitions);
            }

            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                listener.onPartitionsRevoked(partitions);
            }

            @Override
            public void onPartitionsLost(Collection<TopicPartition> partitions) {
                listener.onPartitionsLost(partitions);
            }
        };
    }
}
