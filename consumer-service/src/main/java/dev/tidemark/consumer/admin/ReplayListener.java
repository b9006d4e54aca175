package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.deadletter.Replays.Replay;
import java.util.List;

/** Is told what replays have come to. */
interface ReplayListener {

    /** Letters were tried again. */
    void tried(List<Replay> replays);
}
