package dev.tidemark.consumer.rules;

import dev.tidemark.model.TableId;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Reads a file of rules. It reads the nodes of the YAML rather than objects, since these know where they stand. */
final class RuleFile {

    private static final Set<String> ATTRIBUTES = Set.of("name", "when", "require", "message");

    private final String file;

    private RuleFile(String file) {
        this.file = file;
    }

    /** @throws RuleException if the file cannot be read, or is not what it should be */
    static List<RuleDefinition> read(String file) {
        return new RuleFile(file).rules();
    }

    private List<RuleDefinition> rules() {
        try (Reader reader = Files.newBufferedReader(Path.of(file))) {
            Node root = new Yaml(new LoaderOptions()).compose(reader);
            return root == null ? List.of() : tables(root);
        } catch (MarkedYAMLException e) {
            throw new RuleException(place(e.getProblemMark()), e.getProblem());
        } catch (IOException | IllegalArgumentException | YAMLException e) {
            throw new RuleException(file, e);
        }
    }

    private List<RuleDefinition> tables(Node root) {
        List<RuleDefinition> rules = new ArrayList<>();
        for (NodeTuple entry : mapping(root, "tables with their rules").getValue()) {
            TableId table = table(entry.getKeyNode());
            if (!(entry.getValueNode() instanceof SequenceNode list)) {
                throw new RuleException(place(entry.getValueNode()), "expected a list of rules of " + table);
            }
            for (Node rule : list.getValue()) {
                rules.add(rule(table, mapping(rule, "a rule with name and require")));
            }
        }
        return rules;
    }

    private TableId table(Node key) {
        try {
            return TableId.parse(scalar(key, "a table's name").getValue());
        } catch (IllegalArgumentException e) {
            throw new RuleException(place(key), String.valueOf(e.getMessage()));
        }
    }

    private RuleDefinition rule(TableId table, MappingNode rule) {
        Map<String, ScalarNode> attributes = new HashMap<>();
        for (NodeTuple entry : rule.getValue()) {
            String attribute = scalar(entry.getKeyNode(), "an attribute").getValue();
            if (!ATTRIBUTES.contains(attribute)) {
                throw new RuleException(
                        place(entry.getKeyNode()),
                        "'" + attribute + "' is no attribute of a rule: it has name, when, require and message");
            }
            ScalarNode value = scalar(entry.getValueNode(), "text for " + attribute);
            if (value.getValue().isBlank()) {
                throw new RuleException(place(value), attribute + " is empty");
            }
            if (attributes.put(attribute, value) != null) {
                throw new RuleException(place(entry.getKeyNode()), attribute + " is there twice");
            }
        }
        ScalarNode name = attributes.get("name");
        ScalarNode require = attributes.get("require");
        if (name == null || require == null) {
            throw new RuleException(
                    place(rule), "a rule of " + table + " has no " + (name == null ? "name" : "require"));
        }
        ScalarNode message = attributes.get("message");
        return new RuleDefinition(
                table,
                name.getValue(),
                place(rule),
                clause("when", attributes.get("when")),
                new Clause("require", require.getValue(), begin(require), verbatim(require)),
                message == null ? "has to be so: " + require.getValue() : message.getValue());
    }

    private @Nullable Clause clause(String attribute, @Nullable ScalarNode node) {
        return node == null ? null : new Clause(attribute, node.getValue(), begin(node), verbatim(node));
    }

    private MappingNode mapping(Node node, String expected) {
        if (node instanceof MappingNode mapping) {
            return mapping;
        }
        throw new RuleException(place(node), "expected " + expected);
    }

    private ScalarNode scalar(Node node, String expected) {
        if (node instanceof ScalarNode scalar) {
            return scalar;
        }
        throw new RuleException(place(node), "expected " + expected);
    }

    private static boolean verbatim(ScalarNode node) {
        int quotes = node.getScalarStyle() == ScalarStyle.PLAIN ? 0 : 2;
        Mark begin = node.getStartMark();
        Mark end = node.getEndMark();
        return begin.getLine() == end.getLine()
                && end.getIndex() - begin.getIndex() - quotes
                        == node.getValue().codePointCount(0, node.getValue().length());
    }

    private Place begin(ScalarNode node) {
        Place place = place(node);
        boolean quoted = verbatim(node) && node.getScalarStyle() != ScalarStyle.PLAIN;
        return new Place(file, place.line(), place.column() + (quoted ? 1 : 0));
    }

    private Place place(Node node) {
        return place(node.getStartMark());
    }

    private Place place(Mark mark) {
        return new Place(file, mark.getLine() + 1, mark.getColumn() + 1);
    }
}
