package dev.tidemark.web;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /v3/api-docs.yaml}: the service's OpenAPI document, where springdoc would have it. It is made by a test, since to make it here would take megabytes and time at each start. */
@RestController
class ApiDocumentController {

    private final String service;

    /** @param service whose jar has the document */
    ApiDocumentController(String service) {
        this.service = service;
    }

    @GetMapping(path = "/v3/api-docs.yaml", produces = "application/yaml")
    Resource document(HttpServletRequest request) {
        QueryParameters.only(request);
        return new ClassPathResource("openapi/" + service + ".yaml");
    }
}
