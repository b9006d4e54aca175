package dev.tidemark.consumer.apply;

import dev.tidemark.consumer.apply.CarefulWriter.Failure;
import dev.tidemark.consumer.apply.RunWriter.Stop;
import dev.tidemark.consumer.apply.Step.RowChange;
import dev.tidemark.consumer.database.Transaction;
import dev.tidemark.consumer.deadletter.DeadLetterState;
import dev.tidemark.consumer.deadletter.DeadLetterWriter;
import dev.tidemark.consumer.deadletter.Refusal;
import dev.tidemark.consumer.deadletter.Replays;
import dev.tidemark.consumer.deadletter.StoredLetter;
import dev.tidemark.consumer.rules.Rules;
import dev.tidemark.model.EventReader;
import dev.tidemark.model.RowKey;
import dev.tidemark.model.TableId;
import dev.tidemark.model.TopicNames;
import dev.tidemark.model.UndecodableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Replays dead letters by the way that events go: what screening, rules and the destination say counts as for these. The partition's position is locked
 * meanwhile, so that replays and the stream take turns, and no letter is applied over a later event. Safe for use by several threads.
 */
final class LetterReplays implements Replays {

    private final DataSource dataSource;
    private final Targets targets;
    private final Rules rules;
    private final TopicNames names;

    LetterReplays(DataSource dataSource, Targets targets, Rules rules, TopicNames names) {
        this.dataSource = dataSource;
        this.targets = targets;
        this.rules = rules;
        this.names = names;
    }

    @Override
    public List<Replay> replay(List<Long> ids, boolean forced, String who) throws SQLException {
        return replay(ids, forced, who, null);
    }

    @Override
    public Replay replayEdited(long id, String row, boolean forced, String who) throws SQLException {
        return replay(List.of(id), forced, who, row).get(0);
    }

    private List<Replay> replay(List<Long> ids, boolean forced, String who, @Nullable String editedRow)
            throws SQLException {
        try (Transaction transaction = Transaction.durable(dataSource)) {
            Sink.prepare(transaction.connection());
            Replaying replaying = new Replaying(transaction.connection(), forced, who, editedRow);
            replaying.run(StoredLetter.lock(transaction.connection(), names, ids));
            transaction.commit();
            return ids.stream().map(replaying::result).toList();
        }
    }

    private static SQLException asSqlException(Exception error) {
        return error instanceof SQLException database ? database : new SQLException(error.getMessage(), error);
    }

    /** A partition, of a topic that may have been made anew since. */
    private record Origin(String topicId, int partition) {

        static Origin of(StoredLetter letter) {
            return new Origin(letter.topicId(), letter.record().partition());
        }
    }

    /** One replay, in its transaction. */
    private final class Replaying {
        private final Connection connection;
        private final boolean forced;
        private final String who;
        private final @Nullable String editedRow;
        private final EventReader reader = new EventReader();
        private final TableCatalog catalog = new TableCatalog(targets);
        private final Map<Long, Replay> results = new HashMap<>();
        private final Map<StoredLetter, RowChange> tried = new HashMap<>();

        Replaying(Connection connection, boolean forced, String who, @Nullable String editedRow) {
            this.connection = connection;
            this.forced = forced;
            this.who = who;
            this.editedRow = editedRow;
        }

        Replay result(long id) {
            return results.getOrDefault(id, new Replay(id, Result.MISSING, null));
        }

        /** Letters of one partition at a time, since their offsets tell them apart: those of a topic that was made anew behind those of the one before. */
        void run(List<StoredLetter> letters) throws SQLException {
            Map<Origin, List<StoredLetter>> partitions = new LinkedHashMap<>();
            letters.stream()
                    .sorted(Comparator.comparingLong(StoredLetter::id))
                    .forEach(letter -> partitions.put(Origin.of(letter), new ArrayList<>()));
            for (StoredLetter letter : letters) {
                if (isWanted(letter)) {
                    Objects.requireNonNull(partitions.get(Origin.of(letter))).add(letter);
                }
            }
            for (List<StoredLetter> some : partitions.values()) {
                if (!some.isEmpty()) {
                    apply(some);
                }
            }
        }

        private boolean isWanted(StoredLetter letter) {
            if (letter.state() == DeadLetterState.SUPERSEDED && !forced) {
                results.put(letter.id(), new Replay(letter.id(), Result.SUPERSEDED, null));
                return false;
            }
            if (letter.state() == DeadLetterState.REPLAYED || letter.state() == DeadLetterState.DISCARDED) {
                results.put(letter.id(), new Replay(letter.id(), Result.CLOSED, null));
                return false;
            }
            return true;
        }

        private void apply(List<StoredLetter> letters) throws SQLException {
            List<RowChange> changes = new ArrayList<>();
            for (StoredLetter letter : letters) {
                RowChange change = decode(letter);
                if (change != null) {
                    changes.add(change);
                    tried.put(letter, change);
                }
            }
            Verdicts verdicts = new Verdicts(letters.get(0).topicId());
            SchemaFollower schema = new SchemaFollower(catalog);
            ChunkWriter chunks = new ChunkWriter(catalog, schema, false, reader);
            Failure failure = new Screening(catalog, chunks, schema, rules).screen(connection, changes, verdicts);
            if (failure != null) {
                throw asSqlException(failure.error());
            }
            StepWriter steps = new StepWriter(catalog, chunks, schema, reader);
            Stop stop = new RunWriter(steps, catalog).write(connection, changes, Long.MAX_VALUE, verdicts);
            if (stop != null) {
                throw asSqlException(stop.error());
            }
            close(letters, verdicts);
        }

        private @Nullable RowChange decode(StoredLetter letter) throws SQLException {
            try {
                RowChange change = new RowChange(
                        letter.record(),
                        reader.read(letter.record().key(), letter.record().value()));
                return editedRow == null ? change : edited(change, editedRow);
            } catch (UndecodableException e) {
                refuse(letter, Refusal.undecodable(e.getMessage()));
                return null;
            }
        }

        /** Another key leads to another row, which may be newer than the event. */
        private RowChange edited(RowChange change, String row) throws SQLException {
            RowChange edited = EditedRow.of(change, row, reader);
            RowKey key = Objects.requireNonNull(edited.event().key());
            if (!forced
                    && !key.equals(change.event().key())
                    && RowReader.read(connection, targets, edited.table(), key) != null) {
                throw new IllegalArgumentException("The edited row has another key than the event, " + key.json()
                        + ", and the destination has a row with that key: with force=true it is overwritten");
            }
            return edited;
        }

        private void close(List<StoredLetter> letters, Verdicts verdicts) throws SQLException {
            Map<TableId, Map<String, Long>> applied = new HashMap<>();
            for (RowChange change : verdicts.accepted(List.copyOf(tried.values()))) {
                applied.computeIfAbsent(change.table(), table -> new HashMap<>())
                        .merge(change.key(), change.sequence(), Math::max);
            }
            for (StoredLetter letter : letters) {
                RowChange change = tried.remove(letter);
                if (change == null) {
                    continue;
                }
                Refusal refusal = verdicts.refusal(change.offset());
                if (refusal != null) {
                    refuse(letter, refusal);
                } else {
                    succeed(letter, change, applied.getOrDefault(change.table(), Map.of()));
                }
            }
            for (Map.Entry<TableId, Map<String, Long>> entry : applied.entrySet()) {
                DeadLetterWriter.supersede(
                        connection,
                        entry.getKey(),
                        letters.get(0).record().topic(),
                        letters.get(0).topicId(),
                        false,
                        entry.getValue());
            }
        }

        private void refuse(StoredLetter letter, Refusal refusal) throws SQLException {
            letter.refused(connection, refusal);
            results.put(letter.id(), new Replay(letter.id(), Result.REFUSED, refusal));
        }

        /** Only the last one of a row is there afterwards. */
        private void succeed(StoredLetter letter, RowChange change, Map<String, Long> last) throws SQLException {
            boolean isLast = last.getOrDefault(change.key(), 0L) <= change.sequence();
            if (isLast) {
                letter.replayed(connection, who, editedRow);
            } else {
                letter.superseded(connection);
            }
            results.put(letter.id(), new Replay(letter.id(), isLast ? Result.REPLAYED : Result.SUPERSEDED, null));
        }
    }
}
