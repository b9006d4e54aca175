package dev.tidemark.consumer.admin;

import org.jspecify.annotations.Nullable;

/**
 * Which one of the consumers answers.
 *
 * @param name its host and its process
 * @param version of the service; null if it was not built by Maven
 * @param commit of the repository; null if it was not built from one
 */
record Instance(
        String name, @Nullable String version, @Nullable String commit) {}
