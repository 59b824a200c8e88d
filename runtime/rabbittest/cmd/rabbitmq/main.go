// Command rabbitmq runs another command with a RabbitMQ at hand: it opens a
// broker as package rabbittest does, sets ACTORGEN_AMQP_URL for the command,
// closes the broker when the command ends, and exits with its code.
//
//	go run ./runtime/rabbittest/cmd/rabbitmq -- go test ./...
//	ACTORGEN_RABBITMQ=4 go run ./runtime/rabbittest/cmd/rabbitmq -- go test ./...
//
// Flag -h says which broker that is.
package main

import (
	"context"
	"errors"
	"flag"
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

const usage = `usage: rabbitmq [--] command [argument ...]
       rabbitmq -version

Runs the command with a RabbitMQ, whose URL it finds in ` + rabbittest.URLVariable + `:
the one that this variable names already; else a private node of the installed
rabbitmq-server, or of the distribution's, which root installs; else a container.

With ` + rabbittest.ReleaseVariable + `=4 it is a RabbitMQ 4.x: the installed one if it is
that; else a private node of Debian's package, which root unpacks into the
user's cache and which touches nothing else; else a container.

  -version  print the version of that RabbitMQ instead of running a command
`

func main() {
	flag.Usage = func() { fmt.Fprint(flag.CommandLine.Output(), usage) }
	version := flag.Bool("version", false, "")
	flag.Parse()
	if (flag.NArg() == 0) != *version {
		flag.Usage()
		os.Exit(exitUsage)
	}
	var code int
	var err error
	if *version {
		err = printVersion()
	} else {
		code, err = run(flag.Args())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "rabbitmq:", err)
		code = max(code, exitFailed)
	}
	os.Exit(code)
}

func printVersion() error {
	version, err := rabbittest.Version(context.Background())
	if err != nil {
		return err
	}
	_, err = fmt.Println(version)
	return err
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
	fmt.Fprintln(os.Stderr, "rabbitmq: RabbitMQ", broker.Version)

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
