package dev.tidemark.migrations;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The scripts by Flyway and by hand, and the services' roles with nothing but what the grants give. */
class MigrationsIT {

    private static final Path SCRIPTS = Path.of("src/main/resources/db");

    /** V9 comes before V10. */
    /** V1, V2, V10, then R. */
    private static final Comparator<Path> IN_ORDER = Comparator.<Path, Boolean>comparing(
                    file -> file.getFileName().toString().startsWith("R"))
            .thenComparing(file -> file.toString().indexOf("__"))
            .thenComparing(Comparator.naturalOrder());

    private final TestDatabase database = TestDatabase.empty();

    @Test
    void theSourceRoleNeedsOnlyTheGrants() throws IOException {
        String role = TestDatabase.role("source");
        try (Session admin = database.session();
                Session service = database.session(role)) {
            admin.run(
                    "CREATE SCHEMA \"My Schema\"",
                    "CREATE TABLE \"My Schema\".\"a.b\" (id int PRIMARY KEY, v text[])",
                    "CREATE TABLE orders (id int PRIMARY KEY)",
                    "CREATE TABLE others (id int PRIMARY KEY)");
            admin.run(grants("source", role, "orders, \"My Schema\".\"a.b\""), grants("source", role, "orders"));
            database.migrate(role, "cdc", "classpath:db/source", "classpath:db/common");

            assertThat(service.track("public.orders")).isEqualTo(1);
            assertThat(service.track("\"My Schema\".\"a.b\"")).isEqualTo(2);
            var e = service.failure("SELECT cdc.track('public.others')");
            assertThat(e.getSQLState()).isEqualTo("TM005");
            assertThat(e.getServerErrorMessage().getHint())
                    .contains("GRANT SELECT, TRIGGER ON public.others TO " + role);

            admin.run(
                    "INSERT INTO orders VALUES (1)",
                    "INSERT INTO \"My Schema\".\"a.b\" VALUES (1, '{a}')",
                    "ALTER TABLE orders ADD COLUMN extra int[]",
                    "UPDATE orders SET extra = '{1}'");
            service.track("public.orders");
            assertThat(service.rows("SELECT data FROM cdc.change_log WHERE op <> 's' ORDER BY id"))
                    .containsExactly("{\"id\":1}", "{\"id\":1,\"v\":\"{a}\"}", "{\"id\":1,\"extra\":\"{1}\"}");
            service.run(
                    "SELECT pg_current_snapshot(), pg_current_wal_flush_lsn(), pg_current_wal_insert_lsn(), pg_is_in_recovery(), (SELECT system_identifier FROM pg_control_system()), (SELECT timeline_id FROM pg_control_checkpoint())",
                    "SELECT pg_try_advisory_lock(1)",
                    "TABLE orders",
                    "INSERT INTO cdc.producer (pipeline, epoch) VALUES ('p', 1)",
                    "SELECT cdc.collation_identity(100)",
                    "SELECT cdc.truncate_slot(((cdc.current_slot() + 2) % 4)::smallint, pg_snapshot_xmax(pg_current_snapshot()), '{}', 0)",
                    "SELECT cdc.untrack('public.orders')");
        }
    }

    /** A function that is replaced loses the settings that ALTER FUNCTION has given it. */
    @Test
    void whatComparesTextsOfSqlDoesNotDependOnTheSession() {
        try (Session admin = TestDatabase.source().session()) {
            assertThat(admin.rows("""
                            SELECT p.proname FROM pg_proc p
                            WHERE p.pronamespace = 'cdc'::regnamespace
                              AND p.proname IN ('is_current', 'capture_anew', 'refusal', 'track', 'captured_as', 'outdated', 'is_altered')
                              AND NOT coalesce(p.proconfig @> '{standard_conforming_strings=on,quote_all_identifiers=off}', false)
                            """)).isEmpty();
        }
    }

    @Test
    void theDestinationRoleNeedsOnlyTheGrants() throws IOException {
        String role = TestDatabase.role("destination");
        try (Session admin = database.session();
                Session service = database.session(role)) {
            admin.run(
                    "CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text)",
                    "CREATE TABLE lines (id int PRIMARY KEY, \"order\" int REFERENCES orders)");
            admin.run(grants("destination", role, "orders, lines"), grants("destination", role, "orders"));
            database.migrate(role, "cdc", "classpath:db/destination", "classpath:db/common");

            service.run(
                    "INSERT INTO cdc.applied_offset (topic, partition, next_offset) VALUES ('t', 0, 0)",
                    "UPDATE cdc.applied_offset SET next_offset = 5 WHERE topic = 't' AND partition = 0 AND next_offset = 0",
                    "INSERT INTO orders (id, v) OVERRIDING SYSTEM VALUE SELECT * FROM unnest('{1,2}'::int[], '{a,b}'::text[]) ON CONFLICT (id) DO UPDATE SET v = excluded.v",
                    "DELETE FROM orders WHERE id = ANY ('{1}')");
            if (service.serverVersion() >= 15) {
                service.run("SET session_replication_role = replica", "INSERT INTO lines VALUES (1, 77)");
            }
            service.run("TRUNCATE orders, lines");
        }
    }

    @Test
    void theScriptsRunByHand() throws IOException {
        try (Session admin = database.session()) {
            for (String folder : List.of("source", "common", "sample")) {
                admin.run(scripts(folder));
            }
            assertThat(admin.value("SELECT sample.generate_employees(1000)")).isEqualTo("1000");
            Replay employees = Replay.track(admin, "public.employees");
            admin.run(
                    "SELECT sample.generate_employees(500)",
                    "UPDATE employees SET salary = salary + 1 WHERE emp_id % 7 = 0",
                    "DELETE FROM employees WHERE emp_id % 11 = 0");
            employees.assertInSync();
            assertThat(admin.value("SELECT sample.generate_orders(100, 1) > 100"))
                    .isEqualTo("t");
        }
        try (Session admin = TestDatabase.empty().session()) {
            admin.run(scripts("destination")).run(scripts("common"));
            assertThat(admin.value("SELECT count(*) FROM cdc.applied_offset")).isEqualTo("0");
        }
    }

    @Test
    void theSampleIsBelievable() {
        database.migrate("postgres", "sample", "classpath:db/sample");
        try (Session session = database.session()) {
            session.run("SELECT sample.generate_employees(20000)");

            assertThat(
                            session.value(
                                    "SELECT min(salary) >= 20000 AND max(salary) BETWEEN 100000 AND 300000 AND avg(salary) BETWEEN 35000 AND 60000 FROM employees"))
                    .isEqualTo("t");
            assertThat(session.value("SELECT min(age(dob)) > '18 years' AND max(age(dob)) < '67 years' FROM employees"))
                    .isEqualTo("t");
            assertThat(
                            session.value(
                                    "SELECT count(DISTINCT first_name) > 50 AND count(DISTINCT last_name) > 50 AND count(DISTINCT city) > 50 AND count(*) = count(first_name || last_name || city) FROM employees"))
                    .isEqualTo("t");
            assertThat(
                            session.rows(
                                    "SELECT tablename FROM pg_tables WHERE tablename = 'schema_history' OR schemaname = 'public' ORDER BY 1"))
                    .containsExactly("customers", "employees", "order_items", "orders", "products", "schema_history");
        }
    }

    @Test
    void theHistoryStandsInTheSchema() {
        database.migrate("postgres", "cdc", "classpath:db/source");
        database.migrate("postgres", "cdc", "classpath:db/source");
        try (Session session = database.session()) {
            assertThat(
                            session.rows(
                                    "SELECT DISTINCT schemaname FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"))
                    .containsExactly("cdc");
            assertThat(
                            session.rows(
                                    "SELECT proname FROM pg_proc WHERE pronamespace = 'cdc'::regnamespace AND has_function_privilege('public', oid, 'EXECUTE')"))
                    .isEmpty();
        }
    }

    /** What psql would make of a script of grants. */
    private static String grants(String script, String role, String tables) throws IOException {
        return Files.readString(SCRIPTS.resolve("grants/" + script + ".sql"))
                .replaceAll("(?m)^\\\\set .*$", "")
                .replace(":\"role\"", '"' + role + '"')
                .replace(":'role'", '\'' + role + '\'')
                .replace(":tables", tables);
    }

    private static String scripts(String folder) throws IOException {
        try (Stream<Path> files = Files.list(SCRIPTS.resolve(folder))) {
            return files.sorted(IN_ORDER).map(MigrationsIT::read).collect(Collectors.joining(";\n"));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
