package dev.tidemark.producer.publish;

/**
 * The topic of a table as Kafka has it.
 *
 * @param id Kafka's id of the topic: another one if it is deleted and made again
 */
public record TableTopic(String id, int partitions) {}
