package dev.tidemark.web;

import org.apache.tomcat.util.buf.EncodedSolidusHandling;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;

@AutoConfiguration(before = WebMvcAutoConfiguration.class)
class WebAutoConfiguration {

    @Bean
    RequestErrors requestErrors() {
        return new RequestErrors();
    }

    /** Names of tables may hold slashes of both kinds, which Tomcat would not have even where they are encoded. */
    @Bean
    WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> encodedSlashes() {
        String understood = EncodedSolidusHandling.PASS_THROUGH.getValue();
        return server -> server.addConnectorCustomizers(connector -> {
            connector.setEncodedSolidusHandling(understood);
            connector.setEncodedReverseSolidusHandling(understood);
        });
    }
}
