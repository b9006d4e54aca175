package dev.tidemark.producer.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.startsWith;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.delete;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.patch;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import dev.tidemark.model.TableId;
import dev.tidemark.producer.capture.OffsetMoves;
import dev.tidemark.producer.capture.OffsetPlan;
import dev.tidemark.producer.capture.OffsetTarget;
import dev.tidemark.producer.capture.PollStatus;
import dev.tidemark.producer.capture.PollStatus.State;
import dev.tidemark.producer.publish.Intent;
import dev.tidemark.producer.publish.KafkaUnavailableException;
import dev.tidemark.producer.publish.StoredState;
import dev.tidemark.producer.publish.TableProgress;
import dev.tidemark.producer.source.SourceIdentity;
import dev.tidemark.web.RequestErrors;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.ResultActions;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

class OffsetsControllerTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final TableId ITEMS = new TableId("public", "items");

    private final FakeMoves moves = new FakeMoves();
    private State state = State.PAUSED;
    private final MockMvc http = MockMvcBuilders.standaloneSetup(
                    new OffsetsController(moves, () -> new PollStatus(state, NOW, 1, "1:1:", null, null)))
            .setControllerAdvice(new AdminErrors(), new RequestErrors())
            .build();

    private ResultActions problem(int status, MockHttpServletRequestBuilder request) throws Exception {
        return http.perform(request)
                .andExpect(status().is(status))
                .andExpect(content().contentType(MediaType.APPLICATION_PROBLEM_JSON));
    }

    private static MockHttpServletRequestBuilder move(String body) {
        return patch("/admin/offsets").contentType(MediaType.APPLICATION_JSON).content(body);
    }

    private static String to(String place) {
        return "{\"to\":\"" + place + "\"}";
    }

    @Test
    void tellsTheOffset() throws Exception {
        http.perform(get("/admin/offsets"))
                .andExpect(jsonPath("$.position").value("1:1:"))
                .andExpect(jsonPath("$.tables[0].table").value("public.items"))
                .andExpect(jsonPath("$.tables[0].complete").value(false));
    }

    @Test
    void movesTheOffset() throws Exception {
        http.perform(move(to("earliest")))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.again").value(3))
                .andExpect(jsonPath("$.tables[0].newSnapshot").value("because"));
        http.perform(move(to("2026-01-31T12:00:00+01:00"))).andExpect(status().isOk());
        http.perform(move(to("latest"))).andExpect(status().isOk());
        http.perform(delete("/admin/offsets")).andExpect(status().isOk());
        assertThat(moves.moved)
                .containsExactly(
                        OffsetTarget.earliest(),
                        OffsetTarget.from(Instant.parse("2026-01-31T11:00:00Z")),
                        OffsetTarget.fresh(),
                        OffsetTarget.fresh());
    }

    @Test
    void onlyTellsWhatAMoveWouldDo() throws Exception {
        http.perform(delete("/admin/offsets?dry-run=true"))
                .andExpect(jsonPath("$.message").value(startsWith("Nothing was changed")))
                .andExpect(jsonPath("$.again").value(3));
        assertThat(moves.moved).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"to\":null}",
                "{\"to\":\"\"}",
                "{\"to\":\"yesterday\"}",
                "{\"to\":\"2026-01-31T12:00:00\"}",
                "{\"to\":\"+999999999-01-01T00:00:00Z\"}",
                "{\"to\":\"-999999999-01-01T00:00:00Z\"}",
                "{\"to\":7}",
                "{\"to\":[]}",
                "[]",
                "7",
                "",
                "{",
            })
    void refusesWhatIsNoPlaceToGoOnFrom(String body) throws Exception {
        problem(400, move(body));
        assertThat(moves.moved).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dryrun=true", "dry-run=perhaps", "dry-run=", "dry-run=true&dry-run=false"})
    void movesNothingForAParameterThatMakesNoSense(String query) throws Exception {
        String parameter = query.replaceFirst("[=&].*", "");
        problem(400, delete("/admin/offsets?" + query))
                .andExpect(jsonPath("$.parameter").value(parameter));
        problem(400, move(to("earliest")).queryParam(parameter, "perhaps"));
        assertThat(moves.moved).isEmpty();
    }

    @Test
    void saysWhyTheOffsetIsNotMoved() throws Exception {
        moves.refusal = new KafkaUnavailableException("Kafka is away", null);
        problem(503, delete("/admin/offsets")).andExpect(jsonPath("$.detail").value("Kafka is away"));
        state = State.STANDBY;
        problem(503, get("/admin/offsets"));
        problem(503, delete("/admin/offsets"));
        assertThat(moves.moved).isEmpty();
    }

    /** Moves that are only noted. */
    private static final class FakeMoves implements OffsetMoves {
        final List<OffsetTarget> moved = new ArrayList<>();

        @Nullable
        RuntimeException refusal;

        @Override
        public StoredState current() {
            Intent intent = new Intent(1, new SourceIdentity(1, 1), "1:1:", "1:1:", 0, 0, 0, 1, List.of());
            return new StoredState(
                    1,
                    intent,
                    Map.of(
                            ITEMS,
                            new TableProgress(
                                    "public", "items", "then", null, "topic", 1, false, false, null, 0, false, null)));
        }

        @Override
        public OffsetPlan plan(OffsetTarget target) {
            return new OffsetPlan("2:2:", "1:1:", NOW, 3, List.of(new OffsetPlan.Table(ITEMS, 3, "because")));
        }

        @Override
        public OffsetPlan move(OffsetTarget target) {
            if (refusal != null) {
                throw refusal;
            }
            moved.add(target);
            return plan(target);
        }
    }
}
