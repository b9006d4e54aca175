package dev.tidemark.consumer;

import dev.tidemark.model.TopicNames;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The pipeline that the service is a part of; the producer-service has the same.
 *
 * @param pipelineName the pipeline's name
 * @param topicPrefix what the pipeline's topics begin with; the pipeline's name if it is not given
 */
@ConfigurationProperties("cdc")
record PipelineProperties(
        @DefaultValue("tidemark") String pipelineName,
        @Nullable String topicPrefix) {

    TopicNames topicNames() {
        return new TopicNames(topicPrefix == null || topicPrefix.isBlank() ? pipelineName : topicPrefix);
    }
}
