package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	rounds := flag.Int("rounds", 9, "rounds of each comparison")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *rounds)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, rounds int) error {
	dir, err := os.MkdirTemp("", "actorgen-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{ctx: ctx, dir: dir, binary: filepath.Join(dir, "actorgen")}
	checkout, err := b.output("", "go", "list", "-m", "-f", "{{.Dir}}", own)
	if err != nil {
		return err
	}
	b.checkout = strings.TrimSpace(checkout)
	if _, err := b.output(b.checkout, "go", "build", "-o", b.binary, "./cmd/actorgen"); err != nil {
		return err
	}

	few := module{name: "few", packages: 1, actors: 3}
	many := module{name: "many", packages: 1, actors: 200}
	foreign := module{name: "foreign", packages: 1, actors: 200, foreign: true}
	wide := module{name: "wide", packages: 50, actors: 4}
	for _, c := range []struct {
		module
		line string
	}{
		{many, "ratio generate_200 %.2f (target <= 3.0)\n"},
		{foreign, "      %.2f where signatures name types of the heavy imports:"},
		{few, "      %.2f with 3 actors:"},
		{wide, "      %.2f with 50 packages of 4 actors:"},
	} {
		if err := c.write(b); err != nil {
			return err
		}
		pairs, err := b.compare(c.module, rounds)
		if err != nil {
			return fmt.Errorf("module %q: %w", c.name, err)
		}
		fmt.Printf(c.line, ratio(pairs))
		if strings.HasSuffix(c.line, "\n") {
			fmt.Printf("      %d rounds %s\n     ", rounds, spread(pairs))
		}
		fmt.Printf(" %s, %s\n", times(pairs), memory(pairs))
	}
	return b.cold(foreign, 5*time.Minute)
}

// bench is what all measurements share.
type bench struct {
	ctx context.Context
	// dir is where modules are written, binary the actorgen to measure.
	dir, binary string
	// checkout is the directory of our own module.
	checkout string
	edits    int
}

// output runs a command to its end and returns what it prints. Nothing is
// fetched from the network.
func (b *bench) output(dir, name string, args ...string) (string, error) {
	command := exec.CommandContext(b.ctx, name, args...)
	command.Dir = dir
	command.Env = append(os.Environ(), "GOPROXY=off", "GOWORK=off")
	var stderr strings.Builder
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", strings.Join(command.Args, " "), err, stderr.String())
	}
	return string(out), nil
}
