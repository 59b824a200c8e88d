package actor

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// digest logs what may happen to every message, at a rate that does not depend
// on how many messages there are: the first time at once, and what follows
// within a minute in one line at the end of it, which is the last of them and
// says how many more there were. The single ones are there at the level Debug.
type digest struct {
	log *slog.Logger

	mu     sync.Mutex
	recent map[topic]*recent // logged within the last minute
	ended  bool
	summed sync.WaitGroup // summaries under way
}

const digestInterval = time.Minute

// topic is what lines are about that are like each other.
type topic struct{ text, actor string }

type recent struct {
	level  slog.Level
	silent int   // lines since the last one that was logged
	last   []any // the attributes of the last of them
	timer  *time.Timer
}

// tell logs a line about a message of an actor, or counts it. The actor is empty
// for one that no table names: anybody can make up such names.
func (d *digest) tell(level slog.Level, text, actor string, attributes ...any) {
	if !d.isFirst(level, topic{text, actor}, attributes) {
		level = slog.LevelDebug
	}
	d.log.Log(context.Background(), level, text, attributes...)
}

func (d *digest) isFirst(level slog.Level, about topic, attributes []any) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if r := d.recent[about]; r != nil {
		r.silent++
		r.last = attributes
		return false
	}
	if d.ended {
		return true
	}
	if d.recent == nil {
		d.recent = make(map[topic]*recent)
	}
	d.recent[about] = &recent{level: level, timer: time.AfterFunc(digestInterval, func() { d.sum(about) })}
	return true
}

// sum ends a minute. Where nothing has happened in it, the next line is a first
// one again.
func (d *digest) sum(about topic) {
	d.mu.Lock()
	r := d.recent[about]
	if d.ended || r.silent == 0 {
		delete(d.recent, about)
		d.mu.Unlock()
		return
	}
	level, attributes := r.level, r.take()
	r.timer.Reset(digestInterval)
	d.summed.Add(1)
	d.mu.Unlock()
	defer d.summed.Done()
	d.log.Log(context.Background(), level, about.text, attributes...)
}

// take returns the attributes of the summary and begins to count anew.
func (r *recent) take() []any {
	attributes := append(slices.Clip(r.last), "more", r.silent-1)
	r.silent, r.last = 0, nil
	return attributes
}

// end logs what was only counted so far.
func (d *digest) end() {
	d.mu.Lock()
	d.ended = true
	left := d.recent
	d.recent = nil
	d.mu.Unlock()
	d.summed.Wait()
	for about, r := range left {
		r.timer.Stop()
		if r.silent > 0 {
			d.log.Log(context.Background(), r.level, about.text, r.take()...)
		}
	}
}
