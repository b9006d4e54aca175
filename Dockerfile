# One file for both services:
#   docker build --build-arg SERVICE=producer-service -t tidemark/producer-service .
ARG BUILD_IMAGE=eclipse-temurin:25-jdk
ARG RUNTIME_IMAGE=eclipse-temurin:25-jre

# Builds both, whichever is asked for: the second image finds this stage done.
FROM ${BUILD_IMAGE} AS build
WORKDIR /build
COPY . .
RUN --mount=type=cache,target=/root/.m2,sharing=locked \
    ./mvnw -B -q -Dquick -Dcyclonedx.skip=false -DskipTests -pl producer-service,consumer-service -am package

# What changes least comes first, so that a new version of ours is a layer of some 100 kB.
FROM ${BUILD_IMAGE} AS layers
ARG SERVICE
WORKDIR /layers
COPY --from=build /build/${SERVICE}/target/${SERVICE}-exec.jar /application.jar
RUN java -Djarmode=tools -jar /application.jar extract --layers --destination .

FROM ${RUNTIME_IMAGE}
WORKDIR /app
COPY --from=layers /layers/dependencies/ ./
COPY --from=layers /layers/spring-boot-loader/ ./
COPY --from=layers /layers/snapshot-dependencies/ ./
COPY --from=layers /layers/application/ ./
# In a container, loopback would be reachable from nowhere. So it takes credentials to start: docs/security.md
ENV SERVER_ADDRESS=0.0.0.0
USER 10001:10001
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=60", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError", "-jar", "application.jar"]
