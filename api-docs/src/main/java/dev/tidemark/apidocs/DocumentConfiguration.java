package dev.tidemark.apidocs;

import io.swagger.v3.core.jackson.ModelResolver;
import java.io.IOException;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springdoc.core.providers.ObjectMapperProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

@Configuration(proxyBeanMethods = false)
class DocumentConfiguration {

    @Bean
    Descriptions descriptions() throws IOException {
        return Descriptions.read();
    }

    @Bean
    SchemaNames schemaNames() {
        return new SchemaNames();
    }

    @Bean
    ModelResolver modelResolver(ObjectMapperProvider mappers, SchemaNames names) {
        return new ModelResolver(mappers.jsonMapper(), names).openapi31(true);
    }

    @Bean
    OperationCustomizer javadocText() {
        return new JavadocText();
    }

    @Bean
    @Order(0)
    OpenApiCustomizer actuator(WebEndpointsSupplier endpoints, WebEndpointProperties properties) {
        return new ActuatorOperations(endpoints, properties.getBasePath());
    }

    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    OpenApiCustomizer described(Descriptions descriptions, SchemaNames names, ApiDocument.AnyJson anyJson) {
        return new DescribedDocument(descriptions, new RecordSchemas(names, anyJson.types()));
    }
}
