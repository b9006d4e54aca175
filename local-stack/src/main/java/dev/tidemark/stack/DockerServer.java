package dev.tidemark.stack;

import com.github.dockerjava.api.DockerClient;
import java.io.IOException;
import java.time.Duration;
import org.testcontainers.containers.GenericContainer;

/**
 * A container with a port that stays: it is killed and started, never made anew, so that it keeps its data.
 *
 * <p>Testcontainers starts it and removes it; between, Docker is spoken to directly, as Testcontainers knows no kill.
 */
abstract class DockerServer implements Server {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final int STOP_SECONDS = 60;

    private final GenericContainer<?> container;
    private boolean running;

    DockerServer(GenericContainer<?> container) {
        this.container = container;
    }

    abstract boolean answers();

    final void create() {
        container.start();
        running = true;
        awaitAnswer();
    }

    @Override
    public synchronized void start() {
        if (!running) {
            docker().startContainerCmd(container.getContainerId()).exec();
            running = true;
            awaitAnswer();
        }
    }

    @Override
    public synchronized void stop() {
        if (running) {
            docker().stopContainerCmd(container.getContainerId())
                    .withTimeout(STOP_SECONDS)
                    .exec();
            running = false;
        }
    }

    @Override
    public synchronized void kill() {
        if (running) {
            docker().killContainerCmd(container.getContainerId()).exec();
            running = false;
        }
    }

    @Override
    public synchronized void suspend() {
        docker().pauseContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public synchronized void resume() {
        docker().unpauseContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public synchronized void close() {
        container.stop();
        running = false;
    }

    final boolean isRunning() {
        return running;
    }

    final void inContainer(String shellCommand) {
        try {
            container.execInContainer("sh", "-c", shellCommand);
        } catch (IOException e) {
            throw new StackException("could not run in the container: " + shellCommand, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        }
    }

    private void awaitAnswer() {
        String name = container.getDockerImageName();
        Await.until("start of " + name, PATIENCE, this::answers, container::getLogs);
    }

    private DockerClient docker() {
        return container.getDockerClient();
    }
}
