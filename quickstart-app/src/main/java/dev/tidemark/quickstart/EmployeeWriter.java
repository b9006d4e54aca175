package dev.tidemark.quickstart;

import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The statements of the workload, on one connection. Each belongs to the transaction that {@link #commit} or {@link #rollback} ends. */
interface EmployeeWriter {

    /** One statement. @return the keys that the database gave them */
    int[] insert(List<Employee> employees) throws SQLException;

    void insert(int key, Employee employee) throws SQLException;

    /** One statement. @return how many of these rows there were */
    int update(int[] keys, @Nullable String city, @Nullable Integer salary) throws SQLException;

    /** One statement. @return how many of these rows there were */
    int delete(int[] keys) throws SQLException;

    /** @return the new key, from the database */
    int changeKey(int key) throws SQLException;

    void changeKey(int key, int newKey) throws SQLException;

    /** One at a time. */
    void savepoint() throws SQLException;

    void rollbackToSavepoint() throws SQLException;

    void releaseSavepoint() throws SQLException;

    void commit() throws SQLException;

    void rollback() throws SQLException;
}
