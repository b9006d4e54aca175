package dev.tidemark.test;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Every type with its hardest values, through the snapshot and through statements of every kind, written by sessions with all sorts of settings: what arrives has the same
 * bytes.
 */
class TypeMatrixIT {

    private static final int TYPES_PER_TABLE = 20;

    /** What sessions set that changes how values are written as text; and, between two databases, how they are read. */
    private static final List<String> SETTINGS = List.of(
            "DateStyle = 'SQL, DMY'",
            "DateStyle = 'German'",
            "DateStyle = 'Postgres, MDY'",
            "IntervalStyle = 'sql_standard'",
            "IntervalStyle = 'iso_8601'",
            "IntervalStyle = 'postgres_verbose'",
            "TimeZone = 'America/St_Johns'",
            "TimeZone = 'Asia/Kathmandu'",
            "extra_float_digits = -15",
            "bytea_output = 'escape'",
            "xmlbinary = 'hex'",
            "xmloption = 'document'",
            "standard_conforming_strings = off",
            "quote_all_identifiers = on",
            "array_nulls = off",
            "client_encoding = 'LATIN1'",
            "lc_monetary = 'de_DE.utf8'",
            "search_path = hostile, pg_catalog");

    /** Functions and operators that a search path would find before the real ones. */
    private static final String HOSTILE_SCHEMA = """
            CREATE SCHEMA hostile;
            CREATE FUNCTION hostile.row_to_json(record) RETURNS json LANGUAGE plpgsql AS $$ BEGIN RETURN '{"deceived":1}'; END $$;
            CREATE FUNCTION hostile.json_build_object(text, int) RETURNS json LANGUAGE sql AS $$ SELECT '{"deceived":1}'::json $$;
            CREATE FUNCTION hostile.never(int, int) RETURNS boolean LANGUAGE sql AS 'SELECT false';
            CREATE OPERATOR hostile.= (LEFTARG = int, RIGHTARG = int, FUNCTION = hostile.never);
            """;

    /** What the database or the role may prefer, also for the sessions of the services. */
    private static final List<String> PREFERENCES = List.of(
            "IntervalStyle = 'iso_8601'",
            "bytea_output = 'escape'",
            "xmloption = 'document'",
            "search_path = hostile, public",
            "array_nulls = off",
            "extra_float_digits = 0",
            "quote_all_identifiers = on");

    private static final List<String> COMBINED = List.of(
            "DateStyle = 'SQL, DMY'",
            "IntervalStyle = 'sql_standard'",
            "TimeZone = 'America/New_York'",
            "extra_float_digits = -10",
            "bytea_output = 'escape'",
            "xmloption = 'document'",
            "client_encoding = 'LATIN1'",
            "standard_conforming_strings = off",
            "search_path = ''");

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private enum Way {
        SNAPSHOT,
        INSERT,
        UPDATE,
        DELETE
    }

    @RegisterExtension
    static final Pipelines PIPELINES = Pipelines.perClass();

    private static final TypeTable LARGE = new TypeTable("large", List.of(Types.LARGE));

    private static final List<TypeTable> TABLES = new ArrayList<>();
    private static final Map<TypeTable, Map<String, String>> WRITTEN = new HashMap<>();
    private static final Map<TypeTable, Map<String, String>> ARRIVED = new HashMap<>();
    private static final Map<TypeTable, Map<String, String>> DELETED = new HashMap<>();

    private static Pipeline pipeline;
    private static TestDatabase source;

    @BeforeAll
    static void carryEverything() {
        pipeline = PIPELINES.create("").consumerWith("CDC_SINK_CREATETABLES", "true");
        source = pipeline.source();
        createTables();
        prefer(source);
        prefer(pipeline.destination());
        pipeline.producerWith("CDC_TABLES", TABLES.stream().map(TypeTable::name).collect(joining(",")))
                .start();
        pipeline.awaitSnapshots(TABLES.stream().map(TypeTable::name).toArray(String[]::new));
        write();
        awaitArrival();
        for (TypeTable table : TABLES) {
            WRITTEN.put(table, table.cells(source));
            ARRIVED.put(table, table.cells(pipeline.destination()));
            DELETED.put(table, table.deleted(source));
        }
    }

    private static void createTables() {
        List<TypeCase> types =
                Types.all().stream().filter(TypeMatrixIT::isAvailable).toList();
        types.stream()
                .map(TypeCase::extension)
                .filter(name -> !name.isEmpty())
                .distinct()
                .forEach(name -> pipeline.onBoth("CREATE EXTENSION " + name));
        pipeline.onBoth(Types.DEFINITIONS, HOSTILE_SCHEMA);
        for (int from = 0; from < types.size(); from += TYPES_PER_TABLE) {
            TABLES.add(new TypeTable(
                    "types_" + TABLES.size(), types.subList(from, Math.min(from + TYPES_PER_TABLE, types.size()))));
        }
        TABLES.add(LARGE);
        for (TypeTable table : TABLES) {
            pipeline.onBoth(table.modelDdl());
            source.execute(
                    table.ddl(),
                    table.insert(Way.SNAPSHOT.ordinal()),
                    table.insertEmpty(Way.UPDATE.ordinal()),
                    table.insert(Way.DELETE.ordinal()));
        }
    }

    private static boolean isAvailable(TypeCase type) {
        return source.number("SHOW server_version_num") / 10_000 >= type.since()
                && (type.extension().isEmpty()
                        || source.number("SELECT count(*) FROM pg_available_extensions WHERE name = '"
                                        + type.extension() + "'")
                                == 1);
    }

    private static void prefer(TestDatabase database) {
        PREFERENCES.forEach(
                preference -> database.execute("ALTER DATABASE %s SET %s".formatted(database.name(), preference)));
    }

    private static void write() {
        for (TypeTable table : TABLES) {
            writeWith(
                    COMBINED,
                    table.insert(Way.INSERT.ordinal()),
                    table.update(Way.UPDATE.ordinal()),
                    table.delete(Way.DELETE.ordinal()));
        }
        for (String setting : SETTINGS) {
            if (isPossible(setting)) {
                writeWith(
                        List.of(setting),
                        TABLES.stream()
                                .filter(table -> table != LARGE)
                                .map(table -> table.insert(wayOf(setting)))
                                .toArray(String[]::new));
            }
        }
        TABLES.forEach(table -> source.execute(table.insertLast()));
    }

    private static boolean isPossible(String setting) {
        return !setting.startsWith("lc_monetary")
                || source.number(
                                "SELECT count(*) FROM pg_collation WHERE collprovider = 'c' AND collcollate ILIKE 'de_DE.utf8'")
                        > 0;
    }

    private static int wayOf(String setting) {
        return Way.values().length + SETTINGS.indexOf(setting);
    }

    /** By a function, since the JDBC driver refuses some of them. */
    private static void writeWith(List<String> settings, String... statements) {
        source.execute(
                "CREATE OR REPLACE FUNCTION public.write(sql text) RETURNS void LANGUAGE plpgsql SET %s AS $$ BEGIN EXECUTE sql; END $$"
                        .formatted(String.join(" SET ", settings)));
        for (String statement : statements) {
            source.execute("SELECT public.write($sql$" + statement + "$sql$)");
        }
    }

    /** What has not arrived by then, the tests name. */
    private static void awaitArrival() {
        try {
            Await.until(
                    "the last rows",
                    PATIENCE,
                    () -> TABLES.stream().allMatch(table -> table.hasLast(pipeline.destination())));
        } catch (ConditionTimeoutException e) {
            System.err.println(e.getMessage() + pipeline.diagnosis());
        }
    }

    @TestFactory
    Stream<DynamicTest> arrivesAsItWas() {
        return Stream.concat(Types.all().stream(), Stream.of(Types.LARGE))
                .flatMap(type -> Stream.of(Way.values())
                        .map(way -> dynamicTest(
                                type + ", " + way.name().toLowerCase(Locale.ROOT), () -> assertArrived(type, way))));
    }

    @TestFactory
    Stream<DynamicTest> arrivesAsItWasWhateverTheSessionSets() {
        return SETTINGS.stream()
                .map(setting -> dynamicTest(setting, () -> {
                    assumeThat(isPossible(setting))
                            .as("the machine has such a locale")
                            .isTrue();
                    for (TypeTable table : TABLES) {
                        table.types().stream()
                                .filter(type -> type != Types.LARGE)
                                .forEach(type -> assertEqual(table, type, wayOf(setting)));
                    }
                }));
    }

    private static void assertArrived(TypeCase type, Way way) {
        TypeTable table = TABLES.stream()
                .filter(one -> one.types().contains(type))
                .findFirst()
                .orElse(null);
        assumeThat(table).as("%s is not in this PostgreSQL", type).isNotNull();
        if (way == Way.DELETE) {
            assertThat(table.values(ARRIVED.get(table), type, way.ordinal()))
                    .as("deleted rows at the destination")
                    .containsOnly("no row");
            assertThat(table.values(DELETED.get(table), type, way.ordinal()))
                    .as("the old rows in the log")
                    .isEqualTo(table.values(WRITTEN.get(table), type, Way.INSERT.ordinal()));
        } else {
            assertEqual(table, type, way.ordinal());
        }
    }

    private static void assertEqual(TypeTable table, TypeCase type, int way) {
        List<String> written = table.values(WRITTEN.get(table), type, way);
        assertThat(written).as("what was written").noneMatch(value -> value.startsWith("no"));
        assertThat(table.values(ARRIVED.get(table), type, way))
                .as(type.toString())
                .isEqualTo(written);
    }
}
