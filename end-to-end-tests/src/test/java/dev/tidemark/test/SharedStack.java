package dev.tidemark.test;

import dev.tidemark.stack.Stack;
import dev.tidemark.stack.StackOptions;

/** The servers that all tests of this JVM share, since they take long to start. Each test has databases and topics of its own. They end with the JVM. */
final class SharedStack {

    private static Stack stack;

    private SharedStack() {}

    static synchronized Stack get() {
        if (stack == null) {
            stack = Stack.start(StackOptions.defaults());
        } else {
            // A test that failed in the midst of an outage has left a server down.
            stack.source().start();
            stack.destination().start();
            stack.broker().start();
        }
        return stack;
    }
}
