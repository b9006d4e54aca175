package dev.tidemark.consumer.rules;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The rules that rows have to keep.
 *
 * @param files the files with the rules, separated by commas; without one, every row is welcome
 */
@ConfigurationProperties("cdc.rules")
public record RulesProperties(@DefaultValue List<String> files) {}
