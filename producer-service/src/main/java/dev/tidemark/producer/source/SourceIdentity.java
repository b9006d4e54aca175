package dev.tidemark.producer.source;

/**
 * What tells one history of a PostgreSQL server from another. Snapshots of one history mean nothing in another: after a failover or a restore, transaction
 * numbers may have been given out twice.
 *
 * @param system the system identifier that initdb made
 * @param timeline grows with each promotion and each recovery to a point in time
 */
public record SourceIdentity(long system, long timeline) {}
