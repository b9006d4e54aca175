package dev.tidemark.web.security;

import jakarta.servlet.http.HttpServletResponse;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.web.OAuth2ResourceServerWebSecurityAutoConfiguration;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.dao.DaoAuthenticationProvider;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.AuthenticationEntryPointFailureHandler;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.security.web.header.HeaderWriterFilter;

/** Puts the gate together: who asks to change something has to be an operator, all others viewers; only the two probes are answered to everybody. */
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@AutoConfiguration(
        before = {
            ServletWebSecurityAutoConfiguration.class,
            OAuth2ResourceServerWebSecurityAutoConfiguration.class,
            UserDetailsServiceAutoConfiguration.class
        })
@EnableConfigurationProperties({SecurityProperties.class, ManagementServerProperties.class})
class SecurityAutoConfiguration {

    @Bean
    Access access(
            SecurityProperties properties,
            ObjectProvider<JwtDecoder> tokens,
            ServerProperties server,
            ManagementServerProperties management,
            Environment environment) {
        Access access = new Access(!properties.users().isEmpty(), tokens.getIfAvailable() != null);
        if (access.isOpen()) {
            boolean actuatorApart = ManagementPortType.get(environment) == ManagementPortType.DIFFERENT;
            AddressGuard.check(server.getAddress(), actuatorApart ? management : null);
        }
        return access;
    }

    /** Knows nobody if there are no users, and keeps Spring from making one up. */
    @Bean
    AuthenticationProvider configuredUsers(SecurityProperties properties) {
        DaoAuthenticationProvider provider = new DaoAuthenticationProvider(users(properties));
        provider.setPasswordEncoder(
                new RememberingPasswordEncoder(PasswordEncoderFactories.createDelegatingPasswordEncoder()));
        return provider;
    }

    private static UserDetailsService users(SecurityProperties properties) {
        return name -> properties.users().stream()
                .filter(user -> name.equals(user.name()))
                .findFirst()
                .map(SecurityAutoConfiguration::details)
                .orElseThrow(() -> UsernameNotFoundException.fromUsername(name));
    }

    private static UserDetails details(SecurityProperties.User user) {
        return User.withUsername(user.name())
                .password(user.password())
                .roles(user.role().code())
                .build();
    }

    /** Names of tables may hold anything; where one is only part of a path, what is decoded once is not decoded again. */
    @Bean
    HttpFirewall firewall() {
        StrictHttpFirewall firewall = new StrictHttpFirewall();
        firewall.setAllowUrlEncodedSlash(true);
        firewall.setAllowUrlEncodedDoubleSlash(true);
        firewall.setAllowUrlEncodedPercent(true);
        firewall.setAllowUrlEncodedPeriod(true);
        firewall.setAllowUrlEncodedLineFeed(true);
        firewall.setAllowUrlEncodedCarriageReturn(true);
        firewall.setAllowUrlEncodedLineSeparator(true);
        firewall.setAllowUrlEncodedParagraphSeparator(true);
        firewall.setAllowBackSlash(true);
        firewall.setAllowSemicolon(true);
        firewall.setAllowedParameterValues(value -> value == null || value.indexOf('\0') < 0);
        return firewall;
    }

    @Bean
    RequestRejectedHandler rejections() {
        return (request, response, e) -> response.sendError(HttpServletResponse.SC_BAD_REQUEST, e.getMessage());
    }

    @Bean
    SecurityFilterChain gate(
            HttpSecurity http, Access access, SecurityProperties properties, WebEndpointProperties actuator) {
        AccessErrors errors = new AccessErrors(access);
        http.csrf(AbstractHttpConfigurer::disable) // no cookies; what browsers send by themselves is CrossSiteFilter's
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .exceptionHandling(
                        handling -> handling.authenticationEntryPoint(errors).accessDeniedHandler(errors))
                .headers(headers -> headers.contentSecurityPolicy(
                                policy -> policy.policyDirectives("default-src 'none'; frame-ancestors 'none'"))
                        .referrerPolicy(Customizer.withDefaults())
                        .crossOriginResourcePolicy(Customizer.withDefaults()))
                .addFilterAfter(new CrossSiteFilter(access.isOpen()), HeaderWriterFilter.class)
                .addFilterAfter(new BodyLimitFilter(properties.maxBodySize()), AuthorizationFilter.class)
                .authorizeHttpRequests(requests -> {
                    if (access.isOpen()) {
                        requests.anyRequest().permitAll();
                        return;
                    }
                    String health = actuator.getBasePath() + "/health";
                    requests.requestMatchers(HttpMethod.GET, health + "/liveness", health + "/readiness")
                            .permitAll()
                            .requestMatchers(request -> Role.isReading(request.getMethod()))
                            .hasAnyRole(Role.VIEWER.code(), Role.OPERATOR.code())
                            .anyRequest()
                            .hasRole(Role.OPERATOR.code());
                });
        if (access.basic()) {
            http.httpBasic(basic -> basic.authenticationEntryPoint(errors));
        }
        if (access.tokens()) {
            http.oauth2ResourceServer(server -> server.jwt(Customizer.withDefaults())
                    .authenticationEntryPoint(errors)
                    .accessDeniedHandler(errors)
                    .withObjectPostProcessor(new TellingOfOutages(errors)));
        }
        return http.build();
    }

    /** An issuer that is away would be an internal error. */
    private record TellingOfOutages(AccessErrors errors)
            implements ObjectPostProcessor<BearerTokenAuthenticationFilter> {

        @Override
        public <F extends BearerTokenAuthenticationFilter> F postProcess(F filter) {
            AuthenticationEntryPointFailureHandler handler = new AuthenticationEntryPointFailureHandler(errors);
            handler.setRethrowAuthenticationServiceException(false);
            filter.setAuthenticationFailureHandler(handler);
            return filter;
        }
    }
}
