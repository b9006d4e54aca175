package dev.tidemark.quickstart;

import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The statements of the bike store's workload, on one connection. Each belongs to the transaction that {@link #commit} or {@link #rollback} ends. Rows that
 * several may change at a time are locked first, a customer before products, and those in the order of their keys: so none waits for another in a circle.
 */
final class ShopWriter {

    private static final String OPEN_ORDERS =
            "SELECT order_id FROM public.orders WHERE status = 'placed' AND order_id % ? = ? ORDER BY order_id";
    private static final String LIMITS =
            "SELECT (SELECT max(customer_id) FROM public.customers), (SELECT max(product_id) FROM public.products)";
    private static final String LOCK_CUSTOMER =
            "SELECT 1 FROM public.customers WHERE customer_id = ? FOR NO KEY UPDATE";
    private static final String LOCK_PRODUCTS =
            "SELECT product_id, price, stock FROM public.products WHERE product_id = ANY (?) ORDER BY product_id FOR NO KEY UPDATE";
    private static final String ADD_ORDER =
            "INSERT INTO public.orders (customer_id, total, payment_id, deliver_on, note) VALUES (?, ?, gen_random_uuid(), current_date + 2, ?) RETURNING order_id";
    private static final String ADD_ITEMS = """
            INSERT INTO public.order_items (order_id, line_no, product_id, quantity, unit_price)
            SELECT ?, row_number() OVER (ORDER BY p.product_id), p.product_id, t.quantity, p.price
            FROM unnest(?::int[], ?::int[]) t (product_id, quantity) JOIN public.products p USING (product_id)""";
    private static final String ADD_STOCK = """
            UPDATE public.products p SET stock = p.stock + t.quantity
            FROM unnest(?::int[], ?::int[]) t (product_id, quantity) WHERE p.product_id = t.product_id""";
    private static final String SPEND = "UPDATE public.customers SET spent = spent + ? WHERE customer_id = ?";
    private static final String SHIP =
            "UPDATE public.orders SET status = 'shipped', shipped_local = localtimestamp, deliver_from = localtime WHERE order_id = ANY (?)";
    private static final String ORDER = "SELECT customer_id, total FROM public.orders WHERE order_id = ?";
    private static final String ITEMS =
            "SELECT product_id, sum(quantity) FROM public.order_items WHERE order_id = ? GROUP BY product_id";
    private static final String CANCEL = "UPDATE public.orders SET status = 'cancelled' WHERE order_id = ?";
    private static final String COUNT_ITEMS = "SELECT count(*) FROM public.order_items WHERE order_id = ?";
    private static final String REMOVE = "DELETE FROM public.orders WHERE order_id = ?";
    private static final String RENUMBER = "UPDATE public.order_items SET line_no = line_no + 10 WHERE order_id = ?";
    private static final String REGISTER = """
            INSERT INTO public.customers (email, full_name, country, birthday, phones, preferences, referred_by)
            VALUES (gen_random_uuid() || '@example.com', ?, 'SE', ?::date, ARRAY[?], jsonb_build_object('name', ?::text), ?)""";
    private static final String MOVE = """
            UPDATE public.customers SET newsletter = NOT newsletter, last_ip = inet '192.0.2.0' + (customer_id % 256), phones = phones || ?::text,
              preferences = preferences || jsonb_build_object('note', ?::text) WHERE customer_id = ?""";

    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    /** The connection closes the statements with itself. */
    ShopWriter(Connection connection) throws SQLException {
        this.connection = connection;
        connection.setAutoCommit(false);
    }

    /** @param stock how many there are */
    record Product(BigDecimal price, int stock) {}

    record Order(int customer, BigDecimal total) {}

    /** The orders that can be shipped or cancelled, of one part of all. */
    IntStack openOrders(int parts, int part) throws SQLException {
        IntStack orders = new IntStack();
        try (ResultSet row = query(OPEN_ORDERS, parts, part)) {
            while (row.next()) {
                orders.add(row.getInt(1));
            }
        }
        connection.commit();
        return orders;
    }

    /** The highest keys of customers and of products; all below are there, too. */
    int[] limits() throws SQLException {
        try (ResultSet row = query(LIMITS)) {
            row.next();
            int[] limits = {row.getInt(1), row.getInt(2)};
            connection.commit();
            return limits;
        }
    }

    void lockCustomer(int customer) throws SQLException {
        query(LOCK_CUSTOMER, customer).close();
    }

    /** By key. */
    Map<Integer, Product> lockProducts(Collection<Integer> products) throws SQLException {
        Map<Integer, Product> locked = new TreeMap<>();
        try (ResultSet row = query(LOCK_PRODUCTS, array(products))) {
            while (row.next()) {
                locked.put(row.getInt(1), new Product(row.getBigDecimal(2), row.getInt(3)));
            }
        }
        return locked;
    }

    int addOrder(int customer, BigDecimal total, String note) throws SQLException {
        try (ResultSet row = query(ADD_ORDER, customer, total, note)) {
            row.next();
            return row.getInt(1);
        }
    }

    /** @param quantities by product */
    int addItems(int order, Map<Integer, Integer> quantities) throws SQLException {
        return update(ADD_ITEMS, order, array(quantities.keySet()), array(quantities.values()));
    }

    /** @param quantities by product; they may be negative */
    int addStock(Map<Integer, Integer> quantities) throws SQLException {
        return update(ADD_STOCK, array(quantities.keySet()), array(quantities.values()));
    }

    int spend(int customer, BigDecimal amount) throws SQLException {
        return update(SPEND, amount, customer);
    }

    /** One statement. */
    int ship(int[] orders) throws SQLException {
        return update(SHIP, array(Arrays.stream(orders).boxed().toList()));
    }

    Order order(int order) throws SQLException {
        try (ResultSet row = query(ORDER, order)) {
            if (!row.next()) {
                throw new SQLException("somebody else has removed order " + order);
            }
            return new Order(row.getInt(1), row.getBigDecimal(2));
        }
    }

    /** The quantities by product. */
    Map<Integer, Integer> items(int order) throws SQLException {
        Map<Integer, Integer> quantities = new TreeMap<>();
        try (ResultSet row = query(ITEMS, order)) {
            while (row.next()) {
                quantities.put(row.getInt(1), row.getInt(2));
            }
        }
        return quantities;
    }

    int countItems(int order) throws SQLException {
        try (ResultSet row = query(COUNT_ITEMS, order)) {
            row.next();
            return row.getInt(1);
        }
    }

    int cancel(int order) throws SQLException {
        return update(CANCEL, order);
    }

    /** The items go with it, by their foreign key. */
    void remove(int order) throws SQLException {
        update(REMOVE, order);
    }

    /** All its items get other keys. */
    int renumber(int order) throws SQLException {
        return update(RENUMBER, order);
    }

    int register(Employee person, int referredBy) throws SQLException {
        String name = person.firstName() + " " + person.lastName();
        return update(REGISTER, name, person.dob(), person.city(), name, referredBy);
    }

    int move(int customer, String phone, String note) throws SQLException {
        return update(MOVE, phone, note, customer);
    }

    void commit() throws SQLException {
        connection.commit();
    }

    void rollback() throws SQLException {
        connection.rollback();
    }

    private Array array(Collection<Integer> values) throws SQLException {
        return connection.createArrayOf("int4", values.toArray());
    }

    private int update(String sql, @Nullable Object... parameters) throws SQLException {
        return prepare(sql, parameters).executeUpdate();
    }

    private ResultSet query(String sql, @Nullable Object... parameters) throws SQLException {
        return prepare(sql, parameters).executeQuery();
    }

    private PreparedStatement prepare(String sql, @Nullable Object... parameters) throws SQLException {
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            statements.put(sql, statement);
        }
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
        return statement;
    }
}
