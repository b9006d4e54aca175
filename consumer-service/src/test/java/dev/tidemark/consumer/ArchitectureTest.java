package dev.tidemark.consumer;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.tidemark");

    @Test
    void importsRunOneWay() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("dev.tidemark..")
                .layer("model")
                .definedBy("dev.tidemark.model")
                .layer("database")
                .definedBy("dev.tidemark.consumer.database")
                .layer("web")
                .definedBy("dev.tidemark.web..")
                .layer("rules")
                .definedBy("dev.tidemark.consumer.rules")
                .layer("deadletter")
                .definedBy("dev.tidemark.consumer.deadletter")
                .layer("apply")
                .definedBy("dev.tidemark.consumer.apply")
                .layer("ingest")
                .definedBy("dev.tidemark.consumer.ingest")
                .layer("admin")
                .definedBy("dev.tidemark.consumer.admin")
                .layer("root")
                .definedBy("dev.tidemark.consumer")
                .whereLayer("root")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("admin")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("ingest")
                .mayOnlyBeAccessedByLayers("admin")
                .whereLayer("apply")
                .mayOnlyBeAccessedByLayers("root", "admin", "ingest")
                .whereLayer("deadletter")
                .mayOnlyBeAccessedByLayers("admin", "ingest", "apply")
                .whereLayer("rules")
                .mayOnlyBeAccessedByLayers("admin", "ingest", "apply")
                .whereLayer("database")
                .mayOnlyBeAccessedByLayers("admin", "ingest", "apply", "deadletter")
                .whereLayer("web")
                .mayOnlyBeAccessedByLayers("admin")
                .check(classes);
    }

    @Test
    void packagesMakeNoCycles() {
        slices().matching("dev.tidemark.(**)").should().beFreeOfCycles().check(classes);
    }
}
