package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"
)

func (p pair) ratio() float64 { return p.ours.wall.Seconds() / p.list.wall.Seconds() }

// ratio is the median over the rounds.
func ratio(pairs []pair) float64 { return median(pairs, pair.ratio) }

func spread(pairs []pair) string {
	values := sorted(pairs, pair.ratio)
	return fmt.Sprintf("from %.2f to %.2f", values[0], values[len(values)-1])
}

// times are the medians of both sides.
func times(pairs []pair) string {
	return fmt.Sprintf("%.0f ms beside %.0f ms",
		median(pairs, func(p pair) float64 { return p.ours.wall.Seconds() * 1000 }),
		median(pairs, func(p pair) float64 { return p.list.wall.Seconds() * 1000 }))
}

// memory is the highest peak of all rounds.
func memory(pairs []pair) string {
	peak := slices.MaxFunc(pairs, func(a, b pair) int { return int(a.ours.peak - b.ours.peak) }).ours.peak
	return fmt.Sprintf("at most %d MB", peak>>20)
}

func median(pairs []pair, of func(pair) float64) float64 {
	values := sorted(pairs, of)
	return values[len(values)/2]
}

func sorted(pairs []pair, of func(pair) float64) []float64 {
	values := make([]float64, len(pairs))
	for i, p := range pairs {
		values[i] = of(p)
	}
	slices.Sort(values)
	return values
}

// cold prints what one run takes, and at most may take, while the build cache is
// empty: the imports of the signatures are compiled then.
func (b *bench) cold(m module, limit time.Duration) error {
	ctx, stop := context.WithTimeout(b.ctx, limit)
	defer stop()
	cold := *b
	cold.ctx = ctx
	s, err := cold.generate(m, "GOCACHE="+filepath.Join(b.dir, "cache"))
	switch {
	case b.ctx.Err() == nil && errors.Is(ctx.Err(), context.DeadlineExceeded):
		fmt.Printf("      over %.0f s with a cold build cache and such signatures\n", limit.Seconds())
	case err != nil:
		return fmt.Errorf("module %q with a cold build cache: %w", m.name, err)
	default:
		fmt.Printf("      %.1f s with a cold build cache and such signatures\n", s.wall.Seconds())
	}
	return nil
}
