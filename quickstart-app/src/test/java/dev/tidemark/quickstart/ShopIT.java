package dev.tidemark.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.stack.EmbeddedDatabase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The bike store in databases of its own. */
class ShopIT {

    private static final int ORDERS = 300;

    private static EmbeddedDatabase database;
    private static EmbeddedDatabase other;

    private final ShopSample shop = new ShopSample();
    private final Console console = new Console(new PrintStream(new ByteArrayOutputStream()), false);

    @BeforeAll
    static void start() {
        database = EmbeddedDatabase.start("shop");
        other = EmbeddedDatabase.start("other-shop");
    }

    @AfterAll
    static void stop() {
        database.close();
        other.close();
    }

    @BeforeEach
    void create() {
        for (EmbeddedDatabase one : List.of(database, other)) {
            one.execute(
                    "DROP SCHEMA IF EXISTS sample CASCADE; DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public");
            shop.create(one);
        }
    }

    @Test
    void isTheSameForTheSameSeed() throws SQLException {
        fill(database, 7);
        fill(other, 7);
        assertThat(digest(database)).isEqualTo(digest(other));
        create();
        fill(other, 8);
        assertThat(digest(database)).isNotEqualTo(digest(other));
    }

    @Test
    void hasItemsForEachOrderAndBooksThatBalance() throws SQLException {
        fill(database, 1);
        assertThat(number("SELECT count(*) FROM orders")).isEqualTo(ORDERS);
        assertThat(number("SELECT count(*) FROM order_items")).isBetween(2L * ORDERS, 4L * ORDERS);
        assertThat(number("SELECT count(DISTINCT status) FROM orders")).isEqualTo(3);
        assertBooksBalance();
    }

    @Test
    void changesAsManyRowsAsItSaysAndKeepsTheBooks() throws SQLException {
        fill(database, 1);
        database.execute("""
                CREATE TABLE audit (what text);
                CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit VALUES (TG_TABLE_NAME || ' ' || TG_OP); RETURN NULL; END $$;
                """);
        for (Table table : shop.tables()) {
            database.execute("CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON " + table.name()
                    + " FOR EACH ROW EXECUTE FUNCTION audit()");
        }
        int rollbacks = 0;
        try (Connection connection = database.connect()) {
            Changes changes = shop.workload(List.of(connection), 3).get(0);
            for (int left = 2_000; left > 0; ) {
                int done = changes.transaction(left);
                rollbacks += done == 0 ? 1 : 0;
                left -= done;
            }
            assertThat(number("SELECT count(*) FROM audit")).isEqualTo(2_000);
            assertThat(shop.addLast(connection, 3)).hasSize(4);
        }
        assertThat(rollbacks).isPositive();
        assertThat(number("SELECT count(DISTINCT what) FROM audit"))
                .as("kinds of changes: all but removals of customers and of products")
                .isEqualTo(4 * 3 - 2);
        assertBooksBalance();
    }

    @Test
    void foreignKeysAreComparedAndRowsLookedAt() throws SQLException {
        fill(database, 1);
        fill(other, 1);
        assertThat(ForeignKeys.compare(database, other)).isEqualTo(new ForeignKeys.Result(4, List.of()));

        other.execute("SET session_replication_role = replica; DELETE FROM customers WHERE customer_id = 1;"
                + "UPDATE order_items SET order_id = -order_id WHERE (order_id, line_no) = (1, 1)");
        other.execute("ALTER TABLE order_items DROP CONSTRAINT order_items_product_id_fkey");
        other.execute("ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey,"
                + " ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers NOT VALID");
        assertThat(ForeignKeys.compare(database, other).problems())
                .contains(
                        "the destination lacks the foreign key order_items.order_items_product_id_fkey",
                        "the foreign key orders.orders_customer_id_fkey is not validated",
                        "1 rows violate the foreign key order_items.order_items_order_id_fkey")
                .anyMatch(problem -> problem.endsWith("rows violate the foreign key orders.orders_customer_id_fkey"));
    }

    private void fill(EmbeddedDatabase one, long seed) throws SQLException {
        try (Connection connection = one.connect()) {
            shop.fill(connection, ORDERS, seed, console);
        }
    }

    private String digest(EmbeddedDatabase one) throws SQLException {
        StringBuilder digest = new StringBuilder();
        for (Table table : shop.tables()) {
            digest.append(value(
                    one, "SELECT count(*) || ' ' || sum(hashtextextended(t::text, 0)) FROM " + table.name() + " t"));
        }
        return digest.toString();
    }

    private static void assertBooksBalance() throws SQLException {
        assertThat(number("""
                SELECT count(*) FROM orders o
                WHERE total <> (SELECT sum(line_total) FROM order_items i WHERE i.order_id = o.order_id)""")).isZero();
        assertThat(number("""
                SELECT count(*) FROM customers c WHERE full_name <> 'Last'
                AND spent <> (SELECT coalesce(sum(total), 0) FROM orders o WHERE o.customer_id = c.customer_id AND status <> 'cancelled')""")).isZero();
    }

    private static long number(String query) throws SQLException {
        return Long.parseLong(value(database, query));
    }

    private static String value(EmbeddedDatabase one, String query) throws SQLException {
        try (Connection connection = one.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }
}
