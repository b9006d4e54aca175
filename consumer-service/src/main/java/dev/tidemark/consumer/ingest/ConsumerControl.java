package dev.tidemark.consumer.ingest;

import dev.tidemark.consumer.apply.Control;
import dev.tidemark.consumer.apply.ControlStore;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pauses and resumes the consumers of the group, all of them: this one at once, the others when they look next. It is kept at the destination, so that it is
 * so after a restart too. Safe for use by several threads.
 */
public final class ConsumerControl {

    private static final Logger log = LoggerFactory.getLogger(ConsumerControl.class);

    private final ControlStore store;
    private final PipelineStatus status;

    public ConsumerControl(ControlStore store, PipelineStatus status) {
        this.store = store;
        this.status = status;
    }

    /** Nothing is applied from now on, but for a batch that is under way. Does nothing if it is so already. */
    public synchronized Control pause(String who) throws SQLException {
        return obey(store.write(true, who));
    }

    /** Goes on where the destination stands. Does nothing if it is so already. */
    public synchronized Control resume(String who) throws SQLException {
        return obey(store.write(false, who));
    }

    /** Looks what others may have said. */
    synchronized void refresh() throws SQLException {
        obey(store.read());
    }

    private Control obey(Control control) {
        if (control.paused() != status.control().paused()) {
            log.info("Control paused={} by={} at={}", control.paused(), control.by(), control.at());
        }
        status.control(control);
        return control;
    }
}
