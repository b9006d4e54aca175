package dev.tidemark.test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.formats.json.JsonFormatFactory;
import org.apache.flink.formats.json.debezium.DebeziumJsonFormatFactory;
import org.apache.flink.table.connector.format.ProjectableDecodingFormat;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.utils.LogicalTypeParser;
import org.apache.flink.table.types.utils.TypeConversions;

/** Flink's own formats, for a table and with options as in its DDL. */
final class FlinkReader {

    private static final Map<String, DeserializationFormatFactory> FORMATS =
            Map.of("json", new JsonFormatFactory(), "debezium-json", new DebeziumJsonFormatFactory());

    private final DeserializationSchema<RowData> format;

    FlinkReader(ReaderDdl ddl) throws Exception {
        String row = ddl.columns().entrySet().stream()
                .map(column -> "`" + column.getKey() + "` " + column.getValue())
                .collect(Collectors.joining(", ", "ROW<", ">"));
        LogicalType type = LogicalTypeParser.parse(row, FlinkReader.class.getClassLoader());
        String name = ddl.options().get("format");
        Map<String, String> options = ddl.options().entrySet().stream()
                .filter(option -> option.getKey().startsWith(name + "."))
                .collect(Collectors.toMap(option -> option.getKey().substring(name.length() + 1), Map.Entry::getValue));
        var decoding = (ProjectableDecodingFormat<DeserializationSchema<RowData>>)
                FORMATS.get(name).createDecodingFormat(null, Configuration.fromMap(options));
        format = decoding.createRuntimeDecoder(new Context(), TypeConversions.fromLogicalToDataType(type));
        format.open(null);
    }

    /** The rows of Flink's change log that become of a record, as Flink shows them: {@code +I(…)}, {@code -U(…)}, {@code +U(…)}, {@code -D(…)}. */
    List<String> read(GoldenTopic message) throws IOException {
        List<RowData> rows = new ArrayList<>();
        format.deserialize(message.valueBytes(), new ListCollector<>(rows));
        return rows.stream().map(RowData::toString).toList();
    }

    /** What the planner would be; nothing of it matters to the rows. */
    private static final class Context implements DynamicTableSource.Context {

        @Override
        @SuppressWarnings("unchecked")
        public <T> TypeInformation<T> createTypeInformation(DataType type) {
            return (TypeInformation<T>) TypeInformation.of(RowData.class);
        }

        @Override
        @SuppressWarnings("unchecked")
        public <T> TypeInformation<T> createTypeInformation(LogicalType type) {
            return (TypeInformation<T>) TypeInformation.of(RowData.class);
        }

        @Override
        public DynamicTableSource.DataStructureConverter createDataStructureConverter(DataType type) {
            throw new UnsupportedOperationException();
        }
    }
}
