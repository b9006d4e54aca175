package dev.tidemark.producer.capture;

import dev.tidemark.model.Marker;
import dev.tidemark.model.Marker.ColumnType;
import dev.tidemark.model.TableId;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * That the rows of a table which follow in the change log have other columns.
 *
 * @param before the columns of the rows so far
 * @param columns the columns of the rows that follow
 */
record SchemaChange(List<ColumnType> before, List<ColumnType> columns) {

    /** @param data as the change log has it */
    static SchemaChange parse(byte[] data) {
        return JsonMapper.shared().readValue(data, SchemaChange.class);
    }

    Marker marker(long sequence, TableId table) {
        return new Marker.SchemaChange(sequence, table.schema(), table.name(), before, columns);
    }
}
