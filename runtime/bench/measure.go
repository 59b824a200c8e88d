package main

import (
	"fmt"
	"slices"
	"syscall"
	"time"
)

// sample is what one round of one side took.
type sample struct {
	messages int
	wall     time.Duration
	cpu      time.Duration // of this process, user and system
	latency  time.Duration // median of single sends, where a round measures them
}

func (s sample) rate() float64          { return float64(s.messages) / s.wall.Seconds() }
func (s sample) cpuPerMessage() float64 { return float64(s.cpu.Nanoseconds()) / float64(s.messages) }

// measure runs f, which sends n messages.
func measure(n int, f func() error) (sample, error) {
	cpu, started := cpuTime(), time.Now()
	if err := f(); err != nil {
		return sample{}, err
	}
	return sample{messages: n, wall: time.Since(started), cpu: cpuTime() - cpu}, nil
}

func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// pair is one round of both sides.
type pair struct{ ours, raw sample }

// ratio is one line of the result.
type ratio struct {
	name   string
	target string
	of     func(pair) float64
}

// report prints the median over the rounds of each ratio, and their spread.
func report(ratios []ratio, rounds []pair) {
	for _, r := range ratios {
		values := make([]float64, len(rounds))
		for i, p := range rounds {
			values[i] = r.of(p)
		}
		slices.Sort(values)
		fmt.Printf("ratio %s %.2f (target %s)\n", r.name, median(values), r.target)
		fmt.Printf("      %d rounds from %.2f to %.2f\n", len(values), values[0], values[len(values)-1])
	}
}

func median[T any](sorted []T) T { return sorted[len(sorted)/2] }
