package dev.tidemark.consumer.rules;

import com.google.re2j.Pattern;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.TypeParamType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelFunctionOverload;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BinaryOperator;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** What rules have beyond CEL's own functions, or in place of them. */
final class Functions {

    private static final CelType ANY = TypeParamType.create("A");
    private static final CelType OTHER = TypeParamType.create("B");
    private static final CelType DECIMAL = ColumnType.DECIMAL;
    private static final CelType DATE = ColumnType.DATE.type();
    private static final int MAX_PATTERNS = 1000;

    /** CEL compiles a pattern for each row anew, which takes longer than all else that a rule does. */
    private static final Map<String, Pattern> PATTERNS = new ConcurrentHashMap<>();

    private static final Functions ALL = new Functions();

    private final Map<String, List<CelOverloadDecl>> overloads = new LinkedHashMap<>();
    private final Map<String, Overload> byId = new LinkedHashMap<>();

    private Functions() {
        comparisons();
        decimals();
        dates();
        add("matches", false, SimpleType.BOOL, Functions::matches, SimpleType.STRING, SimpleType.STRING);
        add("matches", true, SimpleType.BOOL, Functions::matches, SimpleType.STRING, SimpleType.STRING);
    }

    static List<CelFunctionDecl> declarations() {
        return ALL.overloads.entrySet().stream()
                .map(function -> CelFunctionDecl.newFunctionDeclaration(function.getKey(), function.getValue()))
                .toList();
    }

    static List<CelFunctionBinding> bindings() {
        return ALL.byId.values().stream()
                .map(overload -> CelFunctionBinding.from(overload.id(), overload.parameters(), overload.function()))
                .toList();
    }

    static @Nullable Overload overload(String id) {
        return ALL.byId.get(id);
    }

    /** @throws com.google.re2j.PatternSyntaxException if this is no pattern */
    static Pattern pattern(String text) {
        Pattern pattern = PATTERNS.get(text);
        if (pattern == null) {
            pattern = Pattern.compile(text);
            // A pattern may come from a column: then there is no end of them.
            if (PATTERNS.size() < MAX_PATTERNS) {
                PATTERNS.put(text, pattern);
            }
        }
        return pattern;
    }

    private static Object matches(Object[] arguments) {
        return pattern((String) arguments[1]).matcher((String) arguments[0]).find();
    }

    /** One overload for each, which takes anything: {@link Comparisons} says what it may be. */
    private void comparisons() {
        add("_==_", false, SimpleType.BOOL, a -> Ordering.equal(a[0], a[1]), ANY, OTHER);
        add("_!=_", false, SimpleType.BOOL, a -> !Ordering.equal(a[0], a[1]), ANY, OTHER);
        add("_<_", false, SimpleType.BOOL, a -> Ordering.compare(a[0], a[1]) < 0, ANY, OTHER);
        add("_<=_", false, SimpleType.BOOL, a -> Ordering.compare(a[0], a[1]) <= 0, ANY, OTHER);
        add("_>_", false, SimpleType.BOOL, a -> Ordering.compare(a[0], a[1]) > 0, ANY, OTHER);
        add("_>=_", false, SimpleType.BOOL, a -> Ordering.compare(a[0], a[1]) >= 0, ANY, OTHER);
    }

    private void decimals() {
        for (CelType type : List.of(SimpleType.INT, SimpleType.DOUBLE, DECIMAL, SimpleType.STRING)) {
            add("decimal", false, DECIMAL, a -> decimal(a[0]), type);
        }
        arithmetic("_+_", Decimal::plus);
        arithmetic("_-_", Decimal::minus);
        arithmetic("_*_", Decimal::times);
    }

    private void arithmetic(String operator, BinaryOperator<Decimal> function) {
        CelFunctionOverload overload = a -> function.apply(decimal(a[0]), decimal(a[1]));
        add(operator, false, DECIMAL, overload, DECIMAL, DECIMAL);
        for (CelType other : List.of(SimpleType.INT, SimpleType.DOUBLE)) {
            add(operator, false, DECIMAL, overload, DECIMAL, other);
            add(operator, false, DECIMAL, overload, other, DECIMAL);
        }
    }

    private static Decimal decimal(Object value) {
        if (value instanceof Decimal decimal) {
            return decimal;
        }
        return value instanceof String text ? Decimal.parse(text) : Decimal.of((Number) value);
    }

    /** The parts of a date count as those of CEL's timestamps do. */
    private void dates() {
        add("date", false, DATE, a -> Times.date((String) a[0]), SimpleType.STRING);
        add("date", false, DATE, a -> LocalDate.ofInstant((Instant) a[0], ZoneOffset.UTC), SimpleType.TIMESTAMP);
        part("getFullYear", LocalDate::getYear);
        part("getMonth", date -> date.getMonthValue() - 1);
        part("getDate", LocalDate::getDayOfMonth);
        part("getDayOfMonth", date -> date.getDayOfMonth() - 1);
        part("getDayOfWeek", date -> date.getDayOfWeek().getValue() % 7);
        part("getDayOfYear", date -> date.getDayOfYear() - 1);
    }

    private void part(String name, ToIntFunction<LocalDate> function) {
        add(name, true, SimpleType.INT, a -> (long) function.applyAsInt((LocalDate) a[0]), DATE);
    }

    private void add(String name, boolean member, CelType result, CelFunctionOverload function, CelType... parameters) {
        String id = "tidemark_" + byId.size() + '_' + name;
        overloads
                .computeIfAbsent(name, n -> new ArrayList<>())
                .add(
                        member
                                ? CelOverloadDecl.newMemberOverload(id, result, parameters)
                                : CelOverloadDecl.newGlobalOverload(id, result, parameters));
        List<Class<?>> classes = new ArrayList<>();
        for (CelType parameter : parameters) {
            classes.add(javaClass(parameter));
        }
        byId.put(id, new Overload(id, name, classes, function));
    }

    private static Class<?> javaClass(CelType type) {
        if (type.equals(DECIMAL)) {
            return Decimal.class;
        }
        if (type.equals(DATE)) {
            return LocalDate.class;
        }
        return switch (type.kind()) {
            case INT -> Long.class;
            case DOUBLE -> Double.class;
            case STRING -> String.class;
            case TIMESTAMP -> Instant.class;
            default -> Object.class;
        };
    }

    /** A function for some types. */
    record Overload(String id, String name, List<Class<?>> parameters, CelFunctionOverload function) {

        Object apply(Object... arguments) throws CelEvaluationException {
            for (int i = 0; i < arguments.length; i++) {
                if (!parameters.get(i).isInstance(arguments[i])) {
                    throw new CelEvaluationException("No matching overload for function '" + name + "'");
                }
            }
            return function.apply(arguments);
        }
    }
}
