package dev.tidemark.consumer.apply;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class DestinationPreparationIT {

    @Test
    void refusesADatabaseThatCannotHoldEveryCharacter() {
        try (TestDestination neighbour = TestDestination.create()) {
            neighbour.execute("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0");
            PGSimpleDataSource latin = new PGSimpleDataSource();
            latin.setUrl(neighbour.url().replaceFirst("[^/]*$", "latin"));
            latin.setUser("postgres");
            assertThatThrownBy(() -> new DestinationPreparation(latin, true).prepare())
                    .isInstanceOf(EnvironmentException.class)
                    .hasMessageContainingAll("LATIN1", "ENCODING 'UTF8'");
        }
    }
}
