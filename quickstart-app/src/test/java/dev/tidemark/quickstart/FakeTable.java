package dev.tidemark.quickstart;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A table of keys with transactions. It writes down the statements, and those that a database would have refused or ignored. */
final class FakeTable implements EmployeeWriter {

    private record State(Set<Integer> keys, int changes) {}

    private final List<String> statements = new ArrayList<>();
    private final List<String> misses = new ArrayList<>();
    private final Deque<State> states = new ArrayDeque<>();
    private Set<Integer> keys = new TreeSet<>();
    private int changes;
    private int sequence = 1_000;

    List<String> statements() {
        return statements;
    }

    List<String> misses() {
        return misses;
    }

    int committedChanges() {
        return changes;
    }

    void load(int key) {
        keys.add(key);
    }

    @Override
    public int[] insert(List<Employee> employees) {
        begin("insert " + employees);
        return employees.stream().mapToInt(employee -> add(++sequence)).toArray();
    }

    @Override
    public void insert(int key, Employee employee) {
        begin("insert-key " + key + employee);
        add(key);
    }

    @Override
    public int update(int[] some, @Nullable String city, @Nullable Integer salary) {
        begin("update " + Arrays.toString(some) + city + salary);
        Arrays.stream(some).forEach(key -> expect(keys.contains(key), key));
        changes += some.length;
        return some.length;
    }

    @Override
    public int delete(int[] some) {
        begin("delete " + Arrays.toString(some));
        Arrays.stream(some).forEach(key -> expect(keys.remove(key), key));
        changes += some.length;
        return some.length;
    }

    @Override
    public int changeKey(int key) {
        begin("new-key " + key);
        expect(keys.remove(key), key);
        return add(++sequence);
    }

    @Override
    public void changeKey(int key, int newKey) {
        begin("change-key " + key + " " + newKey);
        expect(keys.remove(key), key);
        add(newKey);
    }

    private int add(int key) {
        expect(keys.add(key), key);
        changes++;
        return key;
    }

    private void expect(boolean right, int key) {
        if (!right) {
            misses.add(key + ": " + statements.get(statements.size() - 1));
        }
    }

    @Override
    public void savepoint() {
        begin("savepoint");
        push();
    }

    @Override
    public void rollbackToSavepoint() {
        begin("rollback-to");
        pop();
    }

    @Override
    public void releaseSavepoint() {
        begin("release");
        states.pop();
    }

    @Override
    public void commit() {
        begin("commit");
        states.clear();
    }

    @Override
    public void rollback() {
        begin("rollback");
        pop();
        expect(states.isEmpty(), 0);
    }

    private void begin(String statement) {
        if (states.isEmpty()) {
            push();
        }
        statements.add(statement);
    }

    private void push() {
        states.push(new State(new TreeSet<>(keys), changes));
    }

    private void pop() {
        State before = states.pop();
        keys = before.keys();
        changes = before.changes();
    }
}
