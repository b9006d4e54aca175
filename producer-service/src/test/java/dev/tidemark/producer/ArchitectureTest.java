package dev.tidemark.producer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** The stages of the pipeline know those behind them and never those before. */
class ArchitectureTest {

    private static final String ROOT = "dev.tidemark.producer";

    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    @Test
    void importsRunOneWay() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("root")
                .definedBy(ROOT)
                .layer("admin")
                .definedBy(ROOT + ".admin..")
                .layer("capture")
                .definedBy(ROOT + ".capture..")
                .layer("snapshot")
                .definedBy(ROOT + ".snapshot..")
                .layer("publish")
                .definedBy(ROOT + ".publish..")
                .layer("source")
                .definedBy(ROOT + ".source..")
                .whereLayer("root")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("admin")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("capture")
                .mayOnlyBeAccessedByLayers("root", "admin")
                .whereLayer("snapshot")
                .mayOnlyBeAccessedByLayers("root", "admin", "capture")
                .whereLayer("publish")
                .mayOnlyBeAccessedByLayers("root", "admin", "capture")
                .check(classes);
    }

    @Test
    void packagesFormNoCycles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(classes);
    }

    @Test
    void timeIsInjectedAndNothingSleeps() {
        noClasses().should().callMethod(Instant.class, "now").check(classes);
        noClasses().should().callMethod(Thread.class, "sleep", long.class).check(classes);
        noClasses().should().beAnnotatedWith(Autowired.class).check(classes);
    }
}
