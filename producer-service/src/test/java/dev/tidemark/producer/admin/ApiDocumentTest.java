package dev.tidemark.producer.admin;

import dev.tidemark.apidocs.ApiDocument;
import dev.tidemark.producer.ProducerApplication;
import org.junit.jupiter.api.Test;

class ApiDocumentTest {

    @Test
    void documentIsWhatTheServiceAnswersTo() throws Exception {
        new ApiDocument(ProducerApplication.class, "producer-service")
                .withAnyJson(TableView.Key.class)
                .check();
    }
}
