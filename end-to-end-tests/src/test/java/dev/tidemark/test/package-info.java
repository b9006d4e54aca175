/**
 * The whole path with real processes: two PostgreSQL servers, a Kafka broker and both services from their runnable jars. The tests break what can break and
 * compare what arrives with what was written. The kit: {@link dev.tidemark.test.Pipeline}, {@link dev.tidemark.test.Workload},
 * {@link dev.tidemark.test.Tables}, {@link dev.tidemark.test.AppliedAudit}, {@link dev.tidemark.test.TopicAudit}.
 */
package dev.tidemark.test;
