package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// sample is what one process took.
type sample struct {
	wall time.Duration
	peak int64 // bytes of memory, of it or of the largest of its children
}

// pair is one round of both sides.
type pair struct{ ours, list sample }

// compare runs both sides in turn, the first one alternating. The first round
// warms up.
func (b *bench) compare(m module, rounds int) ([]pair, error) {
	pairs := make([]pair, 0, rounds)
	for i := range rounds + 1 {
		var p pair
		sides := []func() error{
			func() (err error) { p.ours, err = b.generate(m); return err },
			func() (err error) { p.list, err = b.list(m); return err },
		}
		if i%2 == 1 {
			slices.Reverse(sides)
		}
		for _, side := range sides {
			if err := side(); err != nil {
				return nil, err
			}
		}
		if i > 0 {
			pairs = append(pairs, p)
		}
	}
	return pairs, nil
}

// generate edits the module and runs actorgen. A run that did not write what was
// edited has not been measured.
func (b *bench) generate(m module, environment ...string) (sample, error) {
	edit, err := b.edit(m)
	if err != nil {
		return sample{}, err
	}
	s, err := b.measure(m, environment, b.binary)
	if err != nil {
		return sample{}, err
	}
	content, err := os.ReadFile(m.output(b))
	if err == nil && !strings.Contains(string(content), edit) {
		err = fmt.Errorf("parameter %s is not in the generated file", edit)
	}
	return s, err
}

// list edits the module and lists its packages.
func (b *bench) list(m module) (sample, error) {
	if _, err := b.edit(m); err != nil {
		return sample{}, err
	}
	return b.measure(m, nil, "go", "list", "-find", "./...")
}

// measure runs a command in the directory of a module.
func (b *bench) measure(m module, environment []string, name string, args ...string) (sample, error) {
	command := exec.CommandContext(b.ctx, name, args...)
	command.Dir = m.dir(b)
	command.Env = append(append(os.Environ(), "GOPROXY=off", "GOWORK=off"), environment...)
	started := time.Now()
	out, err := command.CombinedOutput()
	s := sample{wall: time.Since(started)}
	if err != nil {
		return s, fmt.Errorf("%s: %w\n%s", strings.Join(command.Args, " "), err, out)
	}
	if usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage); ok {
		s.peak = int64(usage.Maxrss) << 10
	}
	return s, nil
}
