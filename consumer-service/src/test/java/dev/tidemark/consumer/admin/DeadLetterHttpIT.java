package dev.tidemark.consumer.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.hasSize;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.delete;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import dev.tidemark.consumer.apply.EnvironmentException;
import dev.tidemark.consumer.apply.RowReader;
import dev.tidemark.consumer.apply.Targets;
import dev.tidemark.consumer.apply.TestDestination;
import dev.tidemark.consumer.deadletter.DeadLetterClosing;
import dev.tidemark.consumer.deadletter.DeadLetterQueries;
import dev.tidemark.consumer.deadletter.DeadLetterState;
import dev.tidemark.consumer.deadletter.Letters;
import dev.tidemark.consumer.deadletter.Replays.Result;
import dev.tidemark.web.RequestErrors;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.ResultActions;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

/** The REST interface on a real destination, with replays that come to what they are told to. */
class DeadLetterHttpIT {

    private static final String LETTERS = "/admin/dead-letters";

    @RegisterExtension
    static final TestDestination destination = TestDestination.create();

    private final Letters letters = new Letters(destination);
    private final FakeReplays replays = new FakeReplays();
    private final DeadLetterQueries queries = new DeadLetterQueries(destination.dataSource(), TestDestination.TOPICS);
    private final DeadLetterClosing closing = new DeadLetterClosing(destination.dataSource(), TestDestination.TOPICS);
    private final List<Long> tried = new ArrayList<>();
    private final ReplayRuns runs =
            new ReplayRuns(queries, replays, page -> page.forEach(replay -> tried.add(replay.id())), Clock.systemUTC());
    private final MockMvc http = MockMvcBuilders.standaloneSetup(
                    new DeadLetterController(
                            queries,
                            new LetterInspector(new RowReader(destination.dataSource(), Targets.asAtTheSource()))),
                    new LetterActionsController(
                            queries, closing, replays, page -> page.forEach(replay -> tried.add(replay.id()))),
                    new BulkActionsController(closing, runs))
            .setControllerAdvice(new AdminErrors(), new RequestErrors())
            .build();

    @BeforeAll
    static void start() {
        destination.execute(
                "CREATE TABLE people (id int PRIMARY KEY, name varchar(5), price numeric(10,2), at timestamptz, tags text[])");
    }

    @BeforeEach
    void reset() {
        destination.execute("TRUNCATE people");
    }

    @AfterEach
    void close() throws InterruptedException {
        replays.isAway(null);
        replays.permits.release(1000);
        runs.close();
    }

    private ResultActions call(MockHttpServletRequestBuilder request) throws Exception {
        return http.perform(request);
    }

    private ResultActions problem(int status, MockHttpServletRequestBuilder request) throws Exception {
        return call(request)
                .andExpect(status().is(status))
                .andExpect(content().contentType(MediaType.APPLICATION_PROBLEM_JSON));
    }

    private long refuse(int id) {
        return letters.refuse("people", id, id, Letters.TOO_LONG);
    }

    @Test
    void listsInPagesAndFilters() throws Exception {
        long first = refuse(1);
        long second = refuse(2);
        long third = letters.refuse("pets", 3, 3, Letters.MINOR);
        call(get(LETTERS + "?limit=2"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.letters", hasSize(2)))
                .andExpect(jsonPath("$.letters[0].id").value(first))
                .andExpect(jsonPath("$.letters[0].table").value("public.people"))
                .andExpect(jsonPath("$.letters[0].key.id").value(1))
                .andExpect(jsonPath("$.letters[0].sqlState").value("22001"))
                .andExpect(jsonPath("$.letters[0].state").value("open"))
                .andExpect(jsonPath("$.letters[0].closedAt").doesNotExist())
                .andExpect(jsonPath("$.next").value(second));
        call(get(LETTERS + "?limit=2&after=" + second))
                .andExpect(jsonPath("$.letters[0].id").value(third))
                .andExpect(jsonPath("$.next").doesNotExist());
        call(get(LETTERS).param("table", "people").param("key", "{\"id\":2}"))
                .andExpect(jsonPath("$.letters", hasSize(1)))
                .andExpect(jsonPath("$.letters[0].id").value(second));
        call(get(LETTERS + "?rule=adults&state=open&causeClass=rule&from=2020-01-01T00:00:00Z"))
                .andExpect(jsonPath("$.letters[0].id").value(third));
    }

    @Test
    void groupsByCause() throws Exception {
        refuse(1);
        long newest = refuse(2);
        call(get(LETTERS + "/groups?table=people"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.groups", hasSize(1)))
                .andExpect(jsonPath("$.groups[0].count").value(2))
                .andExpect(jsonPath("$.groups[0].cause").value("name varchar(5)"))
                .andExpect(jsonPath("$.groups[0].example.id").value(newest))
                .andExpect(jsonPath("$.groups[0].example.key.id").value(2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tabel=people|tabel|causeClass",
                "table=a.b.c|table|public.people",
                "key=1|key|JSON object",
                "causeClass=bad|causeClass|too_large",
                "state=closed|state|superseded",
                "from=yesterday|from|2026-01-31T12:00:00Z",
                "partition=x|partition|number",
                "limit=0|limit|1 to 500",
                "after=x|after|id of a letter",
                "state=open&state=open|state|exactly one",
                "table=|table|exactly one",
            })
    void saysWhatIsWrongWithAFilter(String query, String parameter, String allowed) throws Exception {
        problem(400, get(LETTERS + "?" + query))
                .andExpect(jsonPath("$.parameter").value(parameter))
                .andExpect(jsonPath("$.detail", containsString(allowed)));
    }

    @Test
    void showsTheEventBesideTheRowAndWhatDiffers() throws Exception {
        destination.execute("INSERT INTO people VALUES (1, 'ada', 1.50, '2026-01-31 12:00:00.5+00', '{a,b}')");
        long id = letters.refuse(
                "people",
                1,
                "{'id':1}",
                "{'id':1,'name':'toolong','price':1.500,'at':'2026-01-31T12:00:00.5+00:00','tags':'{a,b}','extra':7}",
                Letters.TOO_LONG);
        String body = call(get(LETTERS + "/" + id))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.letter.id").value(id))
                .andExpect(jsonPath("$.event.op").value("u"))
                .andExpect(jsonPath("$.destination.name").value("ada"))
                .andExpect(jsonPath("$.diff.length()").value(2))
                .andExpect(jsonPath("$.diff.name.event").value("toolong"))
                .andExpect(jsonPath("$.diff.name.destination").value("ada"))
                .andExpect(jsonPath("$.diff.extra.event").value(7))
                .andExpect(jsonPath("$.diff.extra.destination").doesNotExist())
                .andReturn()
                .getResponse()
                .getContentAsString();
        assertThat(body).contains("\"price\":1.500", "\"price\":1.50,");
    }

    @Test
    void saysWhyThereIsNoRow() throws Exception {
        long missingRow = refuse(1);
        long missingTable = letters.refuse("nowhere", 2, 2, Letters.TOO_LONG);
        long unfit = letters.refuse("people", 3, "{'id':'x'}", "{'id':'x'}", Letters.TOO_LONG);
        long garbage = letters.refuse(new TopicPartition("x.public.t", 0), 4, new byte[] {-1}, new byte[] {-1, 0});
        call(get(LETTERS + "/" + missingRow))
                .andExpect(jsonPath("$.destination").doesNotExist())
                .andExpect(jsonPath("$.destinationNote").value("the destination has no row with this key"))
                .andExpect(jsonPath("$.diff.name.event").value("toolong"));
        call(get(LETTERS + "/" + missingTable))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.destinationNote", containsString("does not exist")));
        call(get(LETTERS + "/" + unfit))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.destinationNote", containsString("does not fit")));
        call(get(LETTERS + "/" + garbage))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.event").doesNotExist())
                .andExpect(jsonPath("$.eventBase64").value("/wA="))
                .andExpect(jsonPath("$.keyBase64").value("/w=="))
                .andExpect(jsonPath("$.diff").doesNotExist());
    }

    @Test
    void replaysOneForTheCaller() throws Exception {
        long id = refuse(1);
        call(post(LETTERS + "/" + id + "/replay"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.id").value(id))
                .andExpect(jsonPath("$.result").value("REPLAYED"));
        call(post(LETTERS + "/" + id + "/replay?force=true").principal(() -> "ada"));
        assertThat(replays.requests)
                .containsExactly(
                        "[" + id + "] forced=false who=127.0.0.1", "[" + id + "] forced=true who=ada (127.0.0.1)");
        assertThat(tried).containsExactly(id, id);
    }

    @Test
    void replaysAnEditedRowExactlyAsItWasWritten() throws Exception {
        long id = refuse(1);
        String row = "{\"id\": 1, \"n\":12345678901234567890.1000, \"s\":\"ä\"}";
        call(post(LETTERS + "/" + id + "/replay")
                        .contentType(MediaType.APPLICATION_JSON)
                        .content("{\"row\" : " + row + "}"))
                .andExpect(status().isOk());
        assertThat(replays.requests).containsExactly(id + " row=" + row + " forced=false who=127.0.0.1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{|JSON object",
                "[]|JSON object",
                "{\"rwo\":{}}|{\"row\": {…}}",
                "{\"row\":1}|JSON object",
                "{\"row\":{},\"force\":true}|nothing else",
                "{\"row\":{\"a\":[1]}}|as strings",
                "{\"row\":{\"a\":1,\"a\":2}}|Duplicate"
            })
    void saysWhatIsWrongWithAnEditedRow(String body, String expected) throws Exception {
        problem(
                        400,
                        post(LETTERS + "/1/replay")
                                .contentType(MediaType.APPLICATION_JSON)
                                .content(body))
                .andExpect(jsonPath("$.detail", containsString(expected)));
        assertThat(replays.requests).isEmpty();
    }

    @Test
    void tellsWhyARowCannotStandForTheEvents() throws Exception {
        replays.bug = new IllegalArgumentException("it lacks the column name");
        problem(
                        400,
                        post(LETTERS + "/1/replay")
                                .contentType(MediaType.APPLICATION_JSON)
                                .content("{\"row\":{\"id\":1}}"))
                .andExpect(jsonPath("$.parameter").value("row"))
                .andExpect(jsonPath("$.detail", containsString("it lacks the column name")));
    }

    @Test
    void saysWhyALetterIsNotReplayed() throws Exception {
        long id = refuse(1);
        String path = LETTERS + "/" + id + "/replay";
        replays.tell(id, Result.REFUSED, Letters.TOO_LONG);
        problem(422, post(path))
                .andExpect(jsonPath("$.causeClass").value("value"))
                .andExpect(jsonPath("$.cause").value("name varchar(5)"))
                .andExpect(jsonPath("$.sqlState").value("22001"))
                .andExpect(jsonPath("$.message", containsString("too long")));
        replays.tell(id, Result.SUPERSEDED, null);
        problem(409, post(path)).andExpect(jsonPath("$.detail", containsString("force=true")));
        replays.tell(id, Result.MISSING, null);
        problem(404, post(path))
                .andExpect(jsonPath("$.detail", endsWith("no dead letter " + id + " of this pipeline")));
        replays.tell(id, Result.CLOSED, null);
        letters.close(id, DeadLetterState.DISCARDED, "1 s");
        problem(409, post(path)).andExpect(jsonPath("$.detail", containsString("discarded by ada")));
        letters.close(id, DeadLetterState.REPLAYED, "1 s");
        call(post(path))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.result").value("CLOSED"));
    }

    @Test
    void blamesTheEnvironmentForWhatIsNotTheLettersFault() throws Exception {
        String path = LETTERS + "/" + refuse(1) + "/replay";
        replays.isAway(new SQLException("connection refused", "08001"));
        problem(503, post(path))
                .andExpect(jsonPath("$.detail").value("connection refused"))
                .andExpect(jsonPath("$.sqlState").value("08001"));
        replays.isAway(null);
        replays.unfit = new EnvironmentException("add the column");
        problem(503, post(path)).andExpect(jsonPath("$.detail").value("add the column"));
    }

    @Test
    void answersWhatSpringRefusesAsProblems() throws Exception {
        problem(404, get(LETTERS + "/1"));
        problem(400, get(LETTERS + "/abc"));
        problem(400, post(LETTERS + "/1/replay?forced=true"))
                .andExpect(jsonPath("$.detail", containsString("[force]")));
        problem(405, post(LETTERS + "/groups"));
        problem(
                415,
                post(LETTERS + "/1/replay").contentType(MediaType.TEXT_PLAIN).content("x"));
    }

    @Test
    void discardsOne() throws Exception {
        long id = refuse(1);
        long replayed = refuse(2);
        letters.close(replayed, DeadLetterState.REPLAYED, "1 s");
        call(post(LETTERS + "/" + id + "/discard").principal(() -> "bob"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.result").value("DISCARDED"));
        call(post(LETTERS + "/" + id + "/discard")).andExpect(status().isOk());
        assertThat(destination.value("SELECT closed_by FROM cdc.dead_letter WHERE id = " + id))
                .isEqualTo("bob (127.0.0.1)");
        problem(409, post(LETTERS + "/" + replayed + "/discard"))
                .andExpect(jsonPath("$.detail", containsString("replayed by ada")));
        problem(404, post(LETTERS + "/" + (replayed + 1) + "/discard"));
    }

    @Test
    void discardsWhatMatchesButNeverEverythingByAccident() throws Exception {
        refuse(1);
        refuse(2);
        long other = letters.refuse("pets", 3, 3, Letters.TOO_LONG);
        problem(400, post(LETTERS + "/discard"));
        problem(400, post(LETTERS + "/discard?tabel=people"));
        problem(400, post(LETTERS + "/discard?state=replayed"));
        call(post(LETTERS + "/discard?table=people"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.discarded").value(2));
        assertThat(letters.state(other)).isEqualTo("open");
    }

    private ReplayProgress awaitEnd(long number) {
        Awaitility.await().until(() -> !runs.find(number).orElseThrow().state().equals(ReplayProgress.State.RUNNING));
        return runs.find(number).orElseThrow();
    }

    @Test
    void replaysAllThatMatchInTheOrderOfTheirEvents() throws Exception {
        long third = refuse(30);
        long first = refuse(10);
        long second = refuse(20);
        letters.refuse("pets", 3, 3, Letters.TOO_LONG);
        letters.close(refuse(40), DeadLetterState.SUPERSEDED, "1 s");
        replays.tell(second, Result.REFUSED, Letters.TOO_LONG);
        replays.tell(third, Result.SUPERSEDED, null);
        call(post(LETTERS + "/replay?table=people").principal(() -> "ada"))
                .andExpect(status().isAccepted())
                .andExpect(header().string("Location", LETTERS + "/replays/1"))
                .andExpect(jsonPath("$.by").value("ada (127.0.0.1)"));
        awaitEnd(1);
        assertThat(replays.pages).containsExactly(List.of(first, second, third));
        call(get(LETTERS + "/replays/1"))
                .andExpect(jsonPath("$.state").value("DONE"))
                .andExpect(jsonPath("$.total").value(3))
                .andExpect(jsonPath("$.done").value(3))
                .andExpect(jsonPath("$.replayed").value(1))
                .andExpect(jsonPath("$.refused").value(1))
                .andExpect(jsonPath("$.superseded").value(1))
                .andExpect(jsonPath("$.endedAt").exists());
        call(get(LETTERS + "/replays")).andExpect(jsonPath("$.replays", hasSize(1)));
        problem(404, get(LETTERS + "/replays/2"));
        problem(404, delete(LETTERS + "/replays/2"));
        problem(400, post(LETTERS + "/replay?state=superseded"));
    }

    @Test
    void waitsWhileTheDestinationIsAwayUntilItIsCancelled() throws Exception {
        refuse(1);
        replays.isAway(new SQLException("connection refused", "08001"));
        call(post(LETTERS + "/replay")).andExpect(status().isAccepted());
        Awaitility.await().until(() -> runs.find(1).orElseThrow().error() != null);
        call(get(LETTERS + "/replays/1"))
                .andExpect(jsonPath("$.state").value("RUNNING"))
                .andExpect(jsonPath("$.error").value("connection refused"));
        problem(409, post(LETTERS + "/replay")).andExpect(jsonPath("$.running").value(LETTERS + "/replays/1"));
        replays.isAway(null);
        assertThat(awaitEnd(1).replayed()).isEqualTo(1);

        replays.isAway(new SQLException("connection refused", "08001"));
        call(post(LETTERS + "/replay"));
        call(delete(LETTERS + "/replays/2")).andExpect(status().isOk());
        assertThat(awaitEnd(2).state()).isEqualTo(ReplayProgress.State.CANCELLED);
    }

    @Test
    void leavesWholePagesWhenItIsCancelled() throws Exception {
        for (int i = 1; i <= 450; i++) {
            refuse(i);
        }
        replays.permits.drainPermits();
        replays.permits.release(1);
        call(post(LETTERS + "/replay"));
        Awaitility.await().until(() -> runs.find(1).orElseThrow().done() == 200);
        call(delete(LETTERS + "/replays/1"));
        replays.permits.release(1);
        ReplayProgress ended = awaitEnd(1);
        assertThat(ended.state()).isEqualTo(ReplayProgress.State.CANCELLED);
        assertThat(ended.done()).isIn(200L, 400L);
        assertThat(replays.pages).allSatisfy(page -> assertThat(page).hasSize(200));
    }

    @Test
    void failsForABugAndSaysSo() throws Exception {
        refuse(1);
        replays.bug = new IllegalStateException("impossible");
        call(post(LETTERS + "/replay"));
        ReplayProgress ended = awaitEnd(1);
        assertThat(ended.state()).isEqualTo(ReplayProgress.State.FAILED);
        assertThat(ended.error()).endsWith("impossible");
    }

    @Test
    void aLetterThatCannotBeTriedKeepsNoOthersBack() throws Exception {
        long first = refuse(1);
        long missing = letters.refuse("nowhere", 2, 2, Letters.TOO_LONG);
        long last = letters.refuse("pets", 3, 3, Letters.TOO_LONG);
        replays.untriable.put(missing, new SQLException("relation \"nowhere\" does not exist", "42P01"));
        call(post(LETTERS + "/replay"));
        ReplayProgress ended = awaitEnd(1);
        assertThat(replays.pages).containsExactly(List.of(first), List.of(last));
        assertThat(tried).containsExactly(first, last);
        assertThat(ended.state()).isEqualTo(ReplayProgress.State.DONE);
        assertThat(ended.replayed()).isEqualTo(2);
        assertThat(ended.failed()).isEqualTo(1);
        assertThat(ended.done()).isEqualTo(3);
        assertThat(ended.error()).contains("letter " + missing + " ", "relation \"nowhere\" does not exist");
    }

    @Test
    void failsIfNoLetterCanBeTried() throws Exception {
        for (int i = 1; i <= 3; i++) {
            replays.untriable.put(refuse(i), new SQLException("the table does not exist"));
        }
        call(post(LETTERS + "/replay"));
        ReplayProgress ended = awaitEnd(1);
        assertThat(ended.state()).isEqualTo(ReplayProgress.State.FAILED);
        assertThat(ended.failed()).isEqualTo(3);
        assertThat(ended.error()).contains("the table does not exist");
    }

    @Test
    void anErrorOfTheJvmDoesNotKeepTheNextReplayFromRunning() throws Exception {
        refuse(1);
        replays.fatal = new OutOfMemoryError("Java heap space");
        call(post(LETTERS + "/replay"));
        assertThat(awaitEnd(1).state()).isEqualTo(ReplayProgress.State.FAILED);
        assertThat(runs.find(1).orElseThrow().error()).isEqualTo("Java heap space");
        replays.fatal = null;
        call(post(LETTERS + "/replay")).andExpect(status().isAccepted());
        assertThat(awaitEnd(2).state()).isEqualTo(ReplayProgress.State.DONE);
    }
}
