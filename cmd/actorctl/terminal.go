package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// isTerminal reports whether a stream is a terminal, or another device than the
// null device, which is what services and jobs of cron have for standard input.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}

// confirm asks a question. Whatever is not yes means no, as does the end of ctx.
func (p process) confirm(ctx context.Context, question string) bool {
	fmt.Fprintf(p.stderr, "%s [y/N] ", question)
	answers := make(chan string, 1)
	go func() { // ends with the process, if nobody answers
		line, _ := bufio.NewReader(p.stdin).ReadString('\n')
		answers <- line
	}()
	select {
	case answer := <-answers:
		switch strings.ToLower(strings.TrimSpace(answer)) {
		case "y", "yes":
			return true
		}
	case <-ctx.Done():
	}
	fmt.Fprintln(p.stderr)
	return false
}

// progress shows on a terminal how far long work has come.
type progress struct {
	w     io.Writer // nil for nowhere
	verb  string
	begun time.Time
	last  time.Time
}

// progressInterval is how often it is shown, and progressDelay when at first.
const (
	progressInterval = 200 * time.Millisecond
	progressDelay    = time.Second
)

func (p process) progress(verb string) *progress {
	out := &progress{verb: verb, begun: time.Now()}
	if isTerminal(p.stderr) {
		out.w = p.stderr
	}
	return out
}

// show tells that so much is done, of a total or of 0 where that is not known.
func (p *progress) show(done, total int) {
	now := time.Now()
	if p.w == nil || now.Sub(p.begun) < progressDelay || now.Sub(p.last) < progressInterval {
		return
	}
	p.last = now
	text := fmt.Sprintf("%s %d", p.verb, done)
	if total > 0 {
		text += fmt.Sprintf(" of %d (%d %%)", total, 100*done/total)
	}
	fmt.Fprintf(p.w, "\r%s, %.0f per second\x1b[K", text, float64(done)/now.Sub(p.begun).Seconds())
}

// clear removes the line.
func (p *progress) clear() {
	if p.w != nil && !p.last.IsZero() {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.last = time.Time{}
	}
}
