package rabbittest

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

const (
	containerVersion = "4"
	containerImage   = "docker.io/library/rabbitmq:" + containerVersion
	// engineTimeout bounds the question whether a container engine answers.
	engineTimeout = 10 * time.Second
)

// startContainer starts a broker in a container of the first engine that
// answers. Its port is published on loopback only.
func startContainer(ctx context.Context) (*Broker, error) {
	engine, err := findEngine(ctx)
	if err != nil {
		return nil, err
	}
	return runContainer(ctx, engine)
}

func runContainer(ctx context.Context, engine string) (*Broker, error) {
	id, err := run(ctx, engine, "run", "--detach", "--rm", "--publish", "127.0.0.1::5672", containerImage)
	if err != nil {
		return nil, err
	}
	guard, err := startGuard(removeContainer, engine, id)
	if err != nil {
		return nil, fmt.Errorf("container %q stays behind: %w", id, err)
	}
	// The first line is the IPv4 address; podman and docker agree on that.
	address, err := run(ctx, engine, "port", id, "5672/tcp")
	if err != nil {
		return nil, errors.Join(err, guard.release())
	}
	address, _, _ = strings.Cut(address, "\n")
	url := "amqp://guest:guest@" + address + "/"
	ctx, cancel := context.WithTimeout(ctx, bootTimeout)
	defer cancel()
	version, err := awaitHandshake(ctx, url)
	if err == nil { // as for a node
		_, err = run(ctx, engine, "exec", id, "rabbitmqctl", "await_startup", "--quiet")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start a RabbitMQ container: %w", err), guard.release())
	}
	return &Broker{URL: url, Version: version, close: guard.release}, nil
}

func findEngine(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, engineTimeout)
	defer cancel()
	var reasons []error
	for _, engine := range []string{"docker", "podman"} {
		// Asks the engine itself, where "version" would be content with the client.
		_, err := run(ctx, engine, "info")
		if err == nil {
			return engine, nil
		}
		reasons = append(reasons, err)
	}
	return "", fmt.Errorf("no container engine answers: %w; %w", reasons[0], reasons[1])
}

// run runs a command and returns what it printed, without the last newline.
func run(ctx context.Context, name string, arguments ...string) (string, error) {
	output, err := exec.CommandContext(ctx, name, arguments...).Output()
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			return "", fmt.Errorf("%s %s: %w: %s", name, arguments[0], err, strings.TrimSpace(string(tail(failed.Stderr))))
		}
		return "", fmt.Errorf("%s %s: %w", name, arguments[0], err)
	}
	return strings.TrimSpace(string(output)), nil
}
