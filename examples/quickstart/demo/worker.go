package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"github.com/actorgen/actorgen/examples/quickstart/tasks"
	"github.com/actorgen/actorgen/runtime/actor"
)

// worker is a running worker, wherever it runs.
type worker struct {
	// lines are what its tasks print; closed when it has ended.
	lines <-chan string
	// stop drains it and waits.
	stop func() error
}

type startWorker func(*actor.Client) (*worker, error)

// startInProcess runs the worker in this process. Its tasks print to standard
// output like those of any worker, so the demo reads that.
func startInProcess(client *actor.Client) (*worker, error) {
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	stdout := os.Stdout
	os.Stdout = writer

	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		err := actor.NewWorker(client, actor.WorkerConfig{Logger: quiet}, tasks.Actors()).Run(ctx)
		os.Stdout = stdout
		writer.Close()
		ended <- err
	}()
	lines := readLines(reader)
	return &worker{lines: lines, stop: func() error {
		cancel()
		for range lines { // until the worker closes its end
		}
		return <-ended
	}}, nil
}

// startProcess builds the generated worker and runs it as a process.
func startProcess(ctx context.Context, broker string) (*worker, error) {
	dir, err := os.MkdirTemp("", "actorgen-demo-")
	if err != nil {
		return nil, err
	}
	binary := filepath.Join(dir, "worker")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, "github.com/actorgen/actorgen/examples/quickstart/worker")
	if output, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the worker: %w\n%s", err, output)
	}
	command := exec.CommandContext(ctx, binary, "-log-level", "error")
	command.Env = append(os.Environ(), "ACTOR_BROKER="+broker)
	command.Stderr = os.Stderr
	stdout, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	lines := readLines(stdout)
	return &worker{lines: lines, stop: func() error {
		defer os.RemoveAll(dir)
		if err := command.Process.Signal(syscall.SIGTERM); err != nil {
			return err
		}
		for range lines { // until the process closes its end
		}
		if err := command.Wait(); err != nil {
			return fmt.Errorf("stop the worker: %w", err)
		}
		return nil
	}}, nil
}

func readLines(r io.Reader) <-chan string {
	lines := make(chan string, 64)
	go func() {
		defer close(lines)
		for scanner := bufio.NewScanner(r); scanner.Scan(); {
			lines <- scanner.Text()
		}
	}()
	return lines
}
