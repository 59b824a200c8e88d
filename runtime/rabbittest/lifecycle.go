package rabbittest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// stopTimeout bounds an orderly stop.
const stopTimeout = 30 * time.Second

var (
	errEnded      = errors.New("the node ended while it started")
	errNotRunning = errors.New("the node is not running")
	errCleanedUp  = errors.New("the node was cleaned up")
)

// Stop ends the node in good order (SIGTERM), keeping its data for Restart.
// Clients are told. It waits for the end.
func (n *Node) Stop() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.stop()
}

// Kill ends the node at once (SIGKILL), keeping its data for Restart, as far
// as the node had written it. It waits for the end. RabbitMQ (3.10 and 4.0) writes
// the names of its queues late: a quorum queue that was declared less than about
// a second ago is there after the restart, but does not serve for a minute, and
// one that was declared at the last moment may be gone.
func (n *Node) Kill() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.kill()
}

// Pause stops the node's process (SIGSTOP) and waits until it stands still: its
// sockets stay open and take data until their buffers are full, but nothing
// answers.
func (n *Node) Pause() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.broker == nil {
		return errNotRunning
	}
	return n.broker.freeze()
}

// Resume lets a paused node run on (SIGCONT).
func (n *Node) Resume() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.broker == nil {
		return errNotRunning
	}
	return n.broker.Signal(syscall.SIGCONT)
}

// Restart starts the node again on the same ports and data, after stopping it
// if it runs, and returns when it takes connections.
func (n *Node) Restart(ctx context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.stop(); err != nil {
		return err
	}
	return n.boot(ctx)
}

// boot starts the node's processes and waits until it has started. It takes
// connections a moment before, while RabbitMQ 4.0 still drops replies (those to
// amq.rabbitmq.reply-to). The broker is not running and n.mu is held, or nobody
// else knows n yet.
func (n *Node) boot(ctx context.Context) error {
	if n.closed {
		return errCleanedUp
	}
	if n.mapper == nil && !n.member {
		if err := n.startMapper(); err != nil {
			return err
		}
	}
	broker, err := n.launch(n.installation.server(context.Background()), "rabbitmq")
	if err != nil {
		return err
	}
	n.broker = broker

	ctx, cancel := context.WithTimeout(ctx, bootTimeout)
	defer cancel()
	ctx, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	go func() {
		select {
		case <-broker.ended:
			giveUp(errEnded)
		case <-ctx.Done():
		}
	}()
	n.version, err = awaitHandshake(ctx, n.URL())
	if err == nil {
		_, err = n.Ctl(ctx, "await_startup", "--quiet")
		err = errors.Join(err, context.Cause(ctx))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("%w\n%s", err, n.lastOutput()), n.kill())
	}
	return nil
}

func (n *Node) startMapper() (err error) {
	cmd := n.installation.mapper(context.Background(), "-port", fmt.Sprint(n.ports.mapper), "-address", "127.0.0.1")
	n.mapper, err = n.launch(cmd, "epmd")
	return err
}

// running reports whether the node was started and not ended since.
func (n *Node) running() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.broker != nil
}

// launch starts one of the node's processes with its output in a file.
func (n *Node) launch(cmd *exec.Cmd, name string) (*process, error) {
	output, err := os.OpenFile(n.path(name+".out"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer output.Close()
	cmd.Dir, cmd.Env = n.seen(""), n.environment()
	cmd.Stdout, cmd.Stderr = output, output
	return launch(cmd, n.path(name+".pid"))
}

func (n *Node) stop() error {
	if n.broker == nil {
		return nil
	}
	broker := n.broker
	n.broker = nil
	// A paused process would not see the request.
	broker.Signal(syscall.SIGCONT)
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	return broker.terminate(ctx)
}

func (n *Node) kill() error {
	if n.broker == nil {
		return nil
	}
	broker := n.broker
	n.broker = nil
	return broker.kill()
}

// lastOutput returns the end of what the node said, for an error.
func (n *Node) lastOutput() []byte {
	output, err := os.ReadFile(n.path("rabbitmq.out"))
	if err != nil {
		return []byte(err.Error())
	}
	return tail(output)
}

// tail returns the end of a long text.
func tail(text []byte) []byte {
	const limit = 6000
	return text[max(0, len(text)-limit):]
}

// path is where this process has a file of the node's directory.
func (n *Node) path(name string) string { return filepath.Join(n.directory, name) }

// seen is where the node's processes have it.
func (n *Node) seen(name string) string {
	return strings.TrimPrefix(n.path(name), n.installation.root)
}
