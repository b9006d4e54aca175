/**
 * Servers to run against: two PostgreSQL, a Kafka broker and our services, each a process of its own that can be killed and started
 * again where it was. The quickstart, the tests and the benchmarks get theirs here.
 */
@NullMarked
package dev.tidemark.stack;

import org.jspecify.annotations.NullMarked;
