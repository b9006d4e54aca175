package dev.tidemark.stack;

/** The Java that runs this. */
final class Jvm {

    static final String JAVA = System.getProperty("java.home") + "/bin/java";

    private Jvm() {}
}
