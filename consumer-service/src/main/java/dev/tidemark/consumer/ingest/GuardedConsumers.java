package dev.tidemark.consumer.ingest;

import dev.tidemark.consumer.apply.Problem;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collection;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.springframework.kafka.core.ConsumerPostProcessor;

/**
 * Stands between the container and its consumers:
 *
 * <ul>
 *   <li>They read nothing of a new partition until they are told where. The container asks for the position of new partitions before any listener of ours
 *       hears of them, and a consumer that is asked looks at the group's offsets, where there may be none. So each partition gets a position, which means
 *       nothing, and is paused first of all.
 *   <li>Each poll has a budget.
 *   <li>A topic that may not be read holds up its own partitions alone: the container would let the others wait, too. That Kafka refuses the consumer
 *       altogether, which the container only logs, is noted.
 * </ul>
 */
final class GuardedConsumers implements ConsumerPostProcessor<Object, Object> {

    private final PollBudget budget;
    private final PipelineStatus status;

    GuardedConsumers(PollBudget budget, PipelineStatus status) {
        this.budget = budget;
        this.status = status;
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
        boolean polling = method.getName().equals("poll");
        if (polling) {
            budget.reset();
        }
        for (int i = 0; arguments != null && i < arguments.length; i++) {
            if (arguments[i] instanceof ConsumerRebalanceListener listener) {
                arguments[i] = pausing(consumer, listener);
            }
        }
        try {
            Object answer = method.invoke(consumer, arguments);
            if (polling) {
                status.refusal(null);
            }
            return answer;
        } catch (InvocationTargetException e) {
            throw polling ? seen(e.getTargetException()) : e.getTargetException();
        }
    }

    private Throwable seen(Throwable error) {
        if (error instanceof TopicAuthorizationException topics) {
            return new UnreadableTopicsException(topics);
        }
        if (error instanceof AuthorizationException || error instanceof AuthenticationException) {
            status.refusal(Problem.of(error));
        }
        return error;
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
