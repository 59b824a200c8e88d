// Command rabbitmq runs another command with a RabbitMQ at hand: it opens a
// broker as package rabbittest does, sets ACTORGEN_AMQP_URL for the command,
// closes the broker when the command ends, and exits with its code.
//
//	go run ./runtime/rabbittest/cmd/rabbitmq -- go test ./...
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

const (
	exitFailed = 1
	exitUsage  = 2
	// exitSignal is added to the number of the signal that ended the command,
	// as shells do.
	exitSignal = 128
)

func main() {
	arguments := os.Args[1:]
	if len(arguments) > 0 && arguments[0] == "--" {
		arguments = arguments[1:]
	}
	if len(arguments) == 0 {
		fmt.Fprintln(os.Stderr, "usage: rabbitmq [--] command [argument ...]")
		os.Exit(exitUsage)
	}
	code, err := run(arguments)
	if err != nil {
		fmt.Fprintln(os.Stderr, "rabbitmq:", err)
		code = max(code, exitFailed)
	}
	os.Exit(code)
}

func run(arguments []string) (code int, err error) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	ctx, opened := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	broker, err := rabbittest.Open(ctx)
	opened()
	if err != nil {
		return exitFailed, err
	}
	defer func() { err = errors.Join(err, broker.Close()) }()

	cmd := exec.Command(arguments[0], arguments[1:]...)
	cmd.Env = append(os.Environ(), rabbittest.URLVariable+"="+broker.URL)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return exitFailed, err
	}
	go forward(signals, cmd.Process)
	return exitCode(cmd.Wait())
}

// forward passes on what asks this process to end. A terminal interrupts the
// command itself.
func forward(signals <-chan os.Signal, to *os.Process) {
	for s := range signals {
		if s != os.Interrupt {
			to.Signal(s)
		}
	}
}

func exitCode(err error) (int, error) {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return 0, err
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return exitSignal + int(status.Signal()), nil
	}
	return exit.ExitCode(), nil
}
