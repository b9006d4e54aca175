package dev.tidemark.web;

import org.apache.catalina.core.StandardHost;
import org.apache.tomcat.util.buf.EncodedSolidusHandling;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** For the server, and for that of the actuator if it has a port of its own. */
@Configuration(proxyBeanMethods = false)
class TomcatConfiguration {

    /** Names of tables may hold slashes, which Tomcat would not have even where they are encoded. */
    @Bean
    WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> encodedSlashes() {
        String asTheyAre = EncodedSolidusHandling.PASS_THROUGH.getValue();
        return server -> server.addConnectorCustomizers(connector -> {
            connector.setEncodedSolidusHandling(asTheyAre);
            connector.setEncodedReverseSolidusHandling(asTheyAre);
        });
    }

    @Bean
    WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> problemReports() {
        return server -> server.addContextCustomizers(context -> {
            if (context.getParent() instanceof StandardHost host) {
                host.setErrorReportValveClass(ProblemReportValve.class.getName());
            }
        });
    }
}
