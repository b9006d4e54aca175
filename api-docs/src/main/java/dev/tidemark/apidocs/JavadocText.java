package dev.tidemark.apidocs;

import static java.util.stream.Collectors.joining;

import com.github.therapi.runtimejavadoc.Comment;
import com.github.therapi.runtimejavadoc.CommentElement;
import com.github.therapi.runtimejavadoc.CommentText;
import com.github.therapi.runtimejavadoc.FieldJavadoc;
import com.github.therapi.runtimejavadoc.InlineTag;
import com.github.therapi.runtimejavadoc.RuntimeJavadoc;
import io.swagger.v3.oas.models.Operation;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springframework.web.method.HandlerMethod;

/** What stands in the code, as Markdown. The compiler has kept it beside the classes. */
final class JavadocText implements OperationCustomizer {

    /** The first sentence is the summary, what follows it the description. */
    @Override
    public Operation customize(Operation operation, HandlerMethod handler) {
        String text = ofMethod(handler.getMethod());
        int end = text.indexOf(". ");
        operation.setSummary(end < 0 ? withoutDot(text) : text.substring(0, end));
        operation.setDescription(end < 0 ? null : text.substring(end + 2));
        return operation;
    }

    private static String ofMethod(Method method) {
        return markdown(RuntimeJavadoc.getJavadoc(method).getComment());
    }

    private static String withoutDot(String text) {
        return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    }

    static @Nullable String ofRecord(Class<?> type) {
        return orNull(markdown(RuntimeJavadoc.getJavadoc(type).getComment()));
    }

    /** With what its values mean, if it is an enum that says so. */
    static @Nullable String ofComponent(Class<?> record, String component, Class<?> type) {
        String text = RuntimeJavadoc.getJavadoc(record).getRecordComponents().stream()
                .filter(known -> known.getName().equals(component))
                .map(known -> sentence(markdown(known.getComment())))
                .collect(joining());
        return orNull(text + (type.isEnum() ? ofConstants(type) : ""));
    }

    private static String ofConstants(Class<?> type) {
        List<FieldJavadoc> constants = RuntimeJavadoc.getJavadoc(type).getEnumConstants();
        return constants.stream()
                .filter(constant -> !markdown(constant.getComment()).isEmpty())
                .map(constant -> "\n* `" + constant.getName() + "`: " + markdown(constant.getComment()))
                .collect(joining());
    }

    /** Tags begin in lower case. */
    private static String sentence(String text) {
        return text.isEmpty() ? text : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }

    private static @Nullable String orNull(String text) {
        return text.isBlank() ? null : text.strip();
    }

    private static String markdown(Comment comment) {
        return comment.getElements().stream()
                .map(JavadocText::markdown)
                .collect(joining())
                .replaceAll("\\s+", " ")
                .strip();
    }

    private static String markdown(CommentElement element) {
        if (element instanceof InlineTag tag) {
            return "`" + tag.getValue() + "`";
        }
        return element instanceof CommentText text ? text.getValue() : "";
    }
}
