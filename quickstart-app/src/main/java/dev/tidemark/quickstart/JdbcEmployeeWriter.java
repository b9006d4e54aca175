package dev.tidemark.quickstart;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Types;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

final class JdbcEmployeeWriter implements EmployeeWriter {

    private static final String INSERT = """
            INSERT INTO public.employees (first_name, last_name, dob, city, salary)
            SELECT first_name, last_name, dob::date, city, salary
            FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::int[]) AS t (first_name, last_name, dob, city, salary)
            RETURNING emp_id""";
    private static final String INSERT_KEY = """
            INSERT INTO public.employees (emp_id, first_name, last_name, dob, city, salary)
            VALUES (?, ?, ?, ?::date, ?, ?)""";
    private static final String UPDATE = "UPDATE public.employees SET city = ?, salary = ? WHERE emp_id = ANY (?)";
    private static final String DELETE = "DELETE FROM public.employees WHERE emp_id = ANY (?)";
    private static final String NEW_KEY =
            "UPDATE public.employees SET emp_id = DEFAULT WHERE emp_id = ? RETURNING emp_id";
    private static final String CHANGE_KEY = "UPDATE public.employees SET emp_id = ? WHERE emp_id = ?";

    private final Connection connection;
    private final PreparedStatement insert;
    private final PreparedStatement insertKey;
    private final PreparedStatement update;
    private final PreparedStatement delete;
    private final PreparedStatement newKey;
    private final PreparedStatement changeKey;
    private @Nullable Savepoint savepoint;

    /** The connection closes the statements with itself. */
    JdbcEmployeeWriter(Connection connection) throws SQLException {
        this.connection = connection;
        connection.setAutoCommit(false);
        insert = connection.prepareStatement(INSERT);
        insertKey = connection.prepareStatement(INSERT_KEY);
        update = connection.prepareStatement(UPDATE);
        delete = connection.prepareStatement(DELETE);
        newKey = connection.prepareStatement(NEW_KEY);
        changeKey = connection.prepareStatement(CHANGE_KEY);
    }

    @Override
    public int[] insert(List<Employee> employees) throws SQLException {
        texts(1, employees, Employee::firstName);
        texts(2, employees, Employee::lastName);
        texts(3, employees, Employee::dob);
        texts(4, employees, Employee::city);
        Object[] salaries = employees.stream().map(Employee::salary).toArray();
        insert.setArray(5, connection.createArrayOf("int4", salaries));
        int[] keys = new int[employees.size()];
        try (ResultSet rows = insert.executeQuery()) {
            for (int i = 0; rows.next(); i++) {
                keys[i] = rows.getInt(1);
            }
        }
        return keys;
    }

    private void texts(int parameter, List<Employee> employees, Function<Employee, @Nullable String> column)
            throws SQLException {
        insert.setArray(
                parameter,
                connection.createArrayOf("text", employees.stream().map(column).toArray()));
    }

    @Override
    public void insert(int key, Employee employee) throws SQLException {
        insertKey.setInt(1, key);
        insertKey.setString(2, employee.firstName());
        insertKey.setString(3, employee.lastName());
        insertKey.setString(4, employee.dob());
        insertKey.setString(5, employee.city());
        insertKey.setObject(6, employee.salary(), Types.INTEGER);
        insertKey.executeUpdate();
    }

    @Override
    public int update(int[] keys, @Nullable String city, @Nullable Integer salary) throws SQLException {
        update.setString(1, city);
        update.setObject(2, salary, Types.INTEGER);
        update.setArray(3, array(keys));
        return update.executeUpdate();
    }

    @Override
    public int delete(int[] keys) throws SQLException {
        delete.setArray(1, array(keys));
        return delete.executeUpdate();
    }

    private java.sql.Array array(int[] keys) throws SQLException {
        return connection.createArrayOf("int4", Arrays.stream(keys).boxed().toArray());
    }

    @Override
    public int changeKey(int key) throws SQLException {
        newKey.setInt(1, key);
        try (ResultSet row = newKey.executeQuery()) {
            if (!row.next()) {
                throw noSuch(key);
            }
            return row.getInt(1);
        }
    }

    @Override
    public void changeKey(int key, int newKey) throws SQLException {
        changeKey.setInt(1, newKey);
        changeKey.setInt(2, key);
        if (changeKey.executeUpdate() == 0) {
            throw noSuch(key);
        }
    }

    private static SQLException noSuch(int key) {
        return new SQLException("somebody else has removed employee " + key);
    }

    @Override
    public void savepoint() throws SQLException {
        savepoint = connection.setSavepoint();
    }

    @Override
    public void rollbackToSavepoint() throws SQLException {
        connection.rollback(savepoint);
    }

    @Override
    public void releaseSavepoint() throws SQLException {
        connection.releaseSavepoint(savepoint);
    }

    @Override
    public void commit() throws SQLException {
        connection.commit();
    }

    @Override
    public void rollback() throws SQLException {
        connection.rollback();
    }
}
