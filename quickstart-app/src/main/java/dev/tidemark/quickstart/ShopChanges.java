package dev.tidemark.quickstart;

import dev.tidemark.quickstart.ShopWriter.Order;
import dev.tidemark.quickstart.ShopWriter.Product;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

/** What happens in the bike store: somebody buys, an order is shipped, cancelled or removed, products come in, customers come and move. */
final class ShopChanges implements Changes {

    private static final int MOST_ITEMS = 4;
    private static final int MOST_SHIPPED = 20;
    private static final int MOST_RESTOCKED = 50;
    private static final int ONE_IN_DECLINED = 10;
    /** A cancelled order with its items, their products and the customer. */
    private static final int LARGEST = 2 + 5 + 5;

    private final Random random;
    private final ShopWriter writer;
    private final Employees people;
    private final IntStack open;
    private final IntStack cancelled = new IntStack();
    private final int customers;
    private final int products;

    /** @param open the orders that nobody else ships or cancels */
    ShopChanges(long seed, ShopWriter writer, IntStack open) throws SQLException {
        this.random = new Random(seed);
        this.writer = writer;
        this.people = new Employees(random, true);
        this.open = open;
        int[] limits = writer.limits();
        this.customers = limits[0];
        this.products = limits[1];
    }

    @Override
    public int transaction(int most) throws SQLException {
        int dice = random.nextInt(100);
        int done = most < LARGEST ? small(most, dice) : any(most, dice);
        if (done == 0) {
            writer.rollback();
        } else {
            writer.commit();
        }
        return done;
    }

    private int any(int most, int dice) throws SQLException {
        if (dice < 40) {
            return buy();
        } else if (open.size() > 0 && dice < 55) {
            return ship(most);
        } else if (open.size() > 0 && dice < 68) {
            return cancel(open.draw(random));
        } else if (cancelled.size() > 0 && dice < 76) {
            return remove(cancelled.draw(random));
        } else if (open.size() > 0 && dice < 80) {
            return renumber();
        }
        return small(most, dice);
    }

    private int small(int most, int dice) throws SQLException {
        return switch (dice % 3) {
            case 0 -> writer.register(people.next(), customer());
            case 1 ->
                writer.move(customer(), Objects.requireNonNullElse(people.city(), "?"), String.valueOf(people.city()));
            default -> restock(most);
        };
    }

    /** 0 if a product is sold out, or the payment is declined after all is written. */
    private int buy() throws SQLException {
        int customer = customer();
        Map<Integer, Integer> basket = basket(1 + random.nextInt(MOST_ITEMS), 3);
        writer.lockCustomer(customer);
        Map<Integer, Product> locked = writer.lockProducts(basket.keySet());
        BigDecimal total = BigDecimal.ZERO;
        for (Map.Entry<Integer, Integer> line : basket.entrySet()) {
            Product product = Objects.requireNonNull(locked.get(line.getKey()));
            if (product.stock() < line.getValue()) {
                return 0;
            }
            total = total.add(product.price().multiply(BigDecimal.valueOf(line.getValue())));
        }
        int order = writer.addOrder(customer, total, String.valueOf(people.city()));
        int done =
                1 + writer.addItems(order, basket) + writer.addStock(times(basket, -1)) + writer.spend(customer, total);
        if (random.nextInt(ONE_IN_DECLINED) == 0) {
            return 0;
        }
        open.add(order);
        return done;
    }

    private int ship(int most) throws SQLException {
        int count = random.nextInt(8) == 0 ? 1 + random.nextInt(MOST_SHIPPED) : 1;
        int[] orders = new int[Math.min(Math.min(count, most), open.size())];
        for (int i = 0; i < orders.length; i++) {
            orders[i] = open.draw(random);
        }
        return writer.ship(orders);
    }

    private int cancel(int number) throws SQLException {
        Order order = writer.order(number);
        Map<Integer, Integer> items = writer.items(number);
        writer.lockCustomer(order.customer());
        writer.lockProducts(items.keySet());
        cancelled.add(number);
        return writer.cancel(number)
                + writer.addStock(items)
                + writer.spend(order.customer(), order.total().negate());
    }

    private int remove(int number) throws SQLException {
        int items = writer.countItems(number);
        writer.remove(number);
        return 1 + items;
    }

    private int renumber() throws SQLException {
        int number = open.draw(random);
        open.add(number);
        return writer.renumber(number);
    }

    private int restock(int most) throws SQLException {
        int count = random.nextInt(10) == 0 ? 1 + random.nextInt(MOST_RESTOCKED) : 1;
        Map<Integer, Integer> goods = basket(Math.min(count, most), 40);
        writer.lockProducts(goods.keySet());
        return writer.addStock(goods);
    }

    /** @return quantities by product, of so many products or fewer */
    private Map<Integer, Integer> basket(int count, int mostOfEach) {
        Map<Integer, Integer> basket = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            basket.put(1 + random.nextInt(products), 1 + random.nextInt(mostOfEach));
        }
        return basket;
    }

    private static Map<Integer, Integer> times(Map<Integer, Integer> quantities, int factor) {
        Map<Integer, Integer> result = new TreeMap<>(quantities);
        result.replaceAll((product, quantity) -> quantity * factor);
        return result;
    }

    private int customer() {
        return 1 + random.nextInt(customers);
    }
}
