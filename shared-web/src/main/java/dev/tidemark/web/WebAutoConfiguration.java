package dev.tidemark.web;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnResource;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.http.converter.StringHttpMessageConverter;

@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@AutoConfiguration(before = WebMvcAutoConfiguration.class)
@Import(TomcatConfiguration.class)
class WebAutoConfiguration {

    @Bean
    @ConditionalOnResource(resources = "classpath:openapi/${spring.application.name}.yaml")
    ApiDocumentController apiDocument(Environment environment) {
        return new ApiDocumentController(environment.getRequiredProperty("spring.application.name"));
    }

    @Bean
    RequestErrors requestErrors() {
        return new RequestErrors();
    }

    @Bean
    FilterRegistrationBean<PlainPathFilter> plainPaths() {
        FilterRegistrationBean<PlainPathFilter> filter = new FilterRegistrationBean<>(new PlainPathFilter());
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
    }

    /** In place of Spring's. */
    @Bean
    StringHttpMessageConverter strictStringConverter() {
        return new StrictStringConverter();
    }
}
