package dev.tidemark.consumer.ingest;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collection;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.springframework.kafka.core.ConsumerPostProcessor;

/**
 * Stands between the container and its consumers:
 *
 * <ul>
 *   <li>They read nothing of a new partition until they are told where. The container asks for the position of new partitions before any listener of ours
 *       hears of them, and a consumer that is asked looks at the group's offsets, where there may be none. So each partition gets a position, which means
 *       nothing, and is paused first of all.
 *   <li>Each poll has a budget.
 * </ul>
 */
final class GuardedConsumers implements ConsumerPostProcessor<Object, Object> {

    private final PollBudget budget;

    GuardedConsumers(PollBudget budget) {
        this.budget = budget;
    }

    @Override
    @SuppressWarnings("unchecked")
    public Consumer<Object, Object> apply(Consumer<Object, Object> consumer) {
        return (Consumer<Object, Object>) Proxy.newProxyInstance(
                Consumer.class.getClassLoader(),
                new Class<?>[] {Consumer.class},
                (proxy, method, arguments) -> call(consumer, method, arguments));
    }

    private Object call(Consumer<Object, Object> consumer, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("poll")) {
            budget.reset();
        }
        for (int i = 0; arguments != null && i < arguments.length; i++) {
            if (arguments[i] instanceof ConsumerRebalanceListener listener) {
                arguments[i] = pausing(consumer, listener);
            }
        }
        try {
            return method.invoke(consumer, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
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
