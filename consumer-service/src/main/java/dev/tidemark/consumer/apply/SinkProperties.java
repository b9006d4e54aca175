package dev.tidemark.consumer.apply;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The tables of the destination.
 *
 * @param createTables whether a table that is missing is made, with the columns, types and key that it has at the source, when a snapshot of it comes
 */
@ConfigurationProperties("cdc.sink")
public record SinkProperties(@DefaultValue("false") boolean createTables) {}
