package dev.tidemark.consumer;

import dev.tidemark.model.TopicNames;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The pipeline that the service is a part of; the producer-service has the same.
 *
 * @param pipeline the pipeline
 * @param topic the pipeline's topics
 */
@ConfigurationProperties("cdc")
record PipelineProperties(
        @DefaultValue PipelineName pipeline, @DefaultValue Topic topic) {

    /** @param name the pipeline's name */
    record PipelineName(@DefaultValue("tidemark") String name) {}

    /** @param prefix what the pipeline's topics begin with; the pipeline's name if it is not set */
    record Topic(@Nullable String prefix) {}

    TopicNames topicNames() {
        return new TopicNames(topic.prefix() == null ? pipeline.name() : topic.prefix());
    }
}
