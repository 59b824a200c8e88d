package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/actorgen/actorgen/runtime/amqp/topology"
)

// plan shows how brokers differ from what ought to be there.
func (p process) plan(ctx context.Context, args []string) int {
	return p.each(ctx, "plan", args, func(ctx context.Context, _ *settings, b *topology.Broker, w topology.Want) (*topology.Report, error) {
		return topology.Plan(ctx, b, w)
	})
}

// apply creates what is missing, and with -shrink removes levels.
func (p process) apply(ctx context.Context, args []string) int {
	return p.each(ctx, "apply", args, func(ctx context.Context, s *settings, b *topology.Broker, w topology.Want) (*topology.Report, error) {
		if s.shrink {
			return shrink(ctx, b, w, s.wait)
		}
		return topology.Apply(ctx, b, w)
	})
}

// each does something at each broker and shows the reports.
func (p process) each(ctx context.Context, command string, args []string,
	do func(context.Context, *settings, *topology.Broker, topology.Want) (*topology.Report, error)) int {
	s, all, code := p.start(command, args)
	if all == nil {
		return code
	}
	var outcomes []outcome
	for _, one := range all {
		o := outcome{site: one}
		if b, err := one.connect(ctx); err != nil {
			o.err = err
		} else {
			o.version = b.Conn.Property("version")
			o.report, o.err = do(ctx, s, b, one.want)
			b.Conn.Close()
		}
		if o.err != nil && ctx.Err() != nil {
			o.err = errors.New("interrupted")
		}
		outcomes = append(outcomes, o)
	}
	print := printText
	if s.json {
		print = printJSON
	}
	if err := print(p.stdout, outcomes); err != nil {
		return p.failed(err)
	}
	for _, o := range outcomes {
		if o.err != nil {
			code = p.failed(fmt.Errorf("broker %q: %w", o.site.broker.Name, o.err))
		} else if !o.report.Settled() {
			code = max(code, exitDiffers)
		}
	}
	if slices.ContainsFunc(outcomes, func(o outcome) bool { return o.err != nil }) {
		return exitFailed
	}
	return code
}

// start reads flags and lock. Without sites there is nothing more to do, and the
// code is that of the process.
func (p process) start(command string, args []string) (*settings, []site, int) {
	s, err := parse(command, args, p.getenv)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(p.stdout, topologyUsage)
		return nil, nil, exitDone
	}
	if err != nil {
		return nil, nil, p.misused(err.Error(), "topology")
	}
	lock, err := readLock(s.lock)
	if err != nil {
		return nil, nil, p.failed(err)
	}
	all, err := sites(s, lock)
	if err == nil && len(all) == 0 {
		err = errors.New("the lock names no queue, and the flags no broker")
	}
	if err != nil {
		return nil, nil, p.misused(err.Error(), "topology")
	}
	return s, all, exitDone
}

// shrink tries for a while, at least once, until nothing remains.
func shrink(ctx context.Context, b *topology.Broker, w topology.Want, wait time.Duration) (*topology.Report, error) {
	const interval = 5 * time.Second
	var done []topology.Finding
	for end := time.Now().Add(wait); ; {
		report, err := topology.Shrink(ctx, b, w)
		report.Findings = append(done, report.Findings...)
		if err != nil || report.Count(topology.Remaining) == 0 || time.Now().After(end) {
			return report, err
		}
		done = slices.DeleteFunc(slices.Clone(report.Findings), func(f topology.Finding) bool {
			return f.State != topology.Created && f.State != topology.Removed
		})
		select {
		case <-time.After(min(interval, time.Until(end))):
		case <-ctx.Done():
			return report, ctx.Err()
		}
	}
}

// export prints the definitions of one broker.
func (p process) export(_ context.Context, args []string) int {
	_, all, code := p.start("export", args)
	if all == nil {
		return code
	}
	if len(all) > 1 {
		return p.misused("definitions are for one broker (name it as an argument)", "topology")
	}
	d, err := topology.Export(all[0].want, all[0].location.VHost)
	if err == nil {
		err = writeJSON(p.stdout, d)
	}
	if err != nil {
		return p.failed(err)
	}
	return exitDone
}

func writeJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}
