package dev.tidemark.test;

import dev.tidemark.stack.Stack;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/** Ends the pipelines of a test, or as a static field those of a class, and adds to a failure what the services say and where their logs are. */
final class Pipelines
        implements AfterEachCallback,
                AfterAllCallback,
                TestExecutionExceptionHandler,
                LifecycleMethodExecutionExceptionHandler {

    private final List<Pipeline> open = new ArrayList<>();
    private final boolean shared;

    private Pipelines(boolean shared) {
        this.shared = shared;
    }

    static Pipelines perTest() {
        return new Pipelines(false);
    }

    static Pipelines perClass() {
        return new Pipelines(true);
    }

    Pipeline create(String tables) {
        return create(SharedStack.get(), tables);
    }

    Pipeline create(Stack stack, String tables) {
        Pipeline pipeline = new Pipeline(stack, tables);
        open.add(pipeline);
        return pipeline;
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) {
        throw explained(failure);
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) {
        throw explained(failure);
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure) {
        throw explained(failure);
    }

    private AssertionError explained(Throwable failure) {
        if (failure instanceof TestAbortedException assumption) {
            throw assumption;
        }
        StringBuilder text = new StringBuilder(String.valueOf(failure.getMessage()));
        open.forEach(pipeline -> text.append(pipeline.diagnosis()));
        AssertionError error = new AssertionError(text.toString(), failure.getCause());
        error.setStackTrace(failure.getStackTrace());
        return error;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (!shared) {
            close();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        close();
    }

    private void close() {
        open.forEach(Pipeline::close);
        open.clear();
    }
}
