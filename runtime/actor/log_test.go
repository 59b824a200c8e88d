package actor_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// lines is what was logged, as text.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) logger(level slog.Level) *slog.Logger {
	return slog.New(actor.NewLogHandler(slog.NewTextHandler(l, &slog.HandlerOptions{Level: level})))
}

// of returns the lines with the text, without what differs from run to run.
func (l *lines) of(text string) (found []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range strings.Lines(l.text.String()) {
		if strings.Contains(line, text) {
			found = append(found, strings.TrimSpace(changing.ReplaceAllString(line, "")))
		}
	}
	return found
}

var changing = regexp.MustCompile(`time=\S+ | id=\S+| delay=\S+| stack="[^"]*(\\"[^"]*)*"`)

// However many tasks fail, the log has the first and one line a minute that
// counts the others; each is there at the level Debug.
func TestFailuresAreDigested(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logged lines
		policy := actor.WorkPolicy{MaxRetries: new(0)}
		s := open(t, policy, actor.WorkerConfig{Concurrency: 1, Logger: logged.logger(slog.LevelDebug)}, 0,
			func(_ context.Context, run int) error { return errors.New("boom") })
		burst := func(n int) {
			for range n {
				s.send(s.stub, 0)
			}
			synctest.Wait()
		}
		const line = ` msg="task dead-lettered" broker=default actor=shop.Work queue=work attempt=0 error=boom`
		expect := func(when string, warnings ...string) {
			t.Helper()
			for i := range warnings {
				warnings[i] = "level=WARN" + line + warnings[i]
			}
			if got := logged.of("level=WARN"); strings.Join(got, "\n") != strings.Join(warnings, "\n") {
				t.Errorf("%s: got warnings\n%s\nwant\n%s", when, strings.Join(got, "\n"), strings.Join(warnings, "\n"))
			}
		}
		burst(1)
		expect("after the first failure", "")
		burst(99)
		expect("within the minute", "")
		let(time.Minute)
		expect("after a minute", "", " more=98")
		burst(2)
		let(time.Minute)
		expect("after two", "", " more=98", " more=1")
		let(2 * time.Minute)
		burst(3)
		expect("after a quiet minute", "", " more=98", " more=1", "")
		s.stop()
		expect("at the end", "", " more=98", " more=1", "", " more=1")
		if got := len(logged.of("level=DEBUG msg=\"task dead-lettered\"")); got != 99+2+2 {
			t.Errorf("got %d lines of single failures at level Debug, want 103", got)
		}
	})
}

// One actor's failures do not hide those of another. Names that no table has are
// as one: anybody can make them up.
func TestDigestIsByActor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logged lines
		s := open(t, actor.WorkPolicy{}, actor.WorkerConfig{Concurrency: 1, Logger: logged.logger(slog.LevelInfo)}, 0,
			func(context.Context, int) error { return errors.New("boom") })
		for _, name := range []string{"shop.Work", "shop.Work", "made up 1", "made up 2"} {
			s.send(actor.NewStub(&actor.Definition{Name: name, Queue: actor.Queue{Name: "work"}}).Via(s.client), 0)
			let(time.Second)
		}
		got := logged.of(`msg="task failed, will be retried"`)
		if len(got) != 2 || !strings.Contains(got[0], "actor=shop.Work") || !strings.Contains(got[1], `actor="made up 1"`) {
			t.Errorf("got lines\n%s\nwant one for shop.Work and one for the others", strings.Join(got, "\n"))
		}
	})
}

// What goes well is worth no line: at the default level a worker tells of its own
// states alone.
func TestSuccessIsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logged lines
		s := open(t, actor.WorkPolicy{}, actor.WorkerConfig{Logger: logged.logger(slog.LevelInfo)}, 0,
			func(context.Context, int) error { return nil })
		for range 10 {
			s.send(s.stub, 0)
		}
		let(time.Minute)
		s.stop()
		want := `level=INFO msg="worker running" broker=default
level=INFO msg="worker draining" broker=default
level=INFO msg="worker closed" broker=default`
		if got := strings.Join(logged.of(""), "\n"); got != want {
			t.Errorf("got lines\n%s\nwant\n%s", got, want)
		}
	})
}

// A handler that logs with its context need not say which task it is.
func TestLogHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logged lines
		logger := logged.logger(slog.LevelInfo)
		s := open(t, actor.WorkPolicy{}, actor.WorkerConfig{Logger: slog.New(slog.DiscardHandler)}, 0, func(ctx context.Context, run int) error {
			logger.With("a", 1).InfoContext(ctx, "charged", "cents", 995)
			logger.WithGroup("g").InfoContext(ctx, "charged")
			logger.Info("charged without the context")
			if run == 0 {
				return errors.New("boom")
			}
			return nil
		})
		id := s.send(s.stub, 0)
		let(time.Hour)
		logger.InfoContext(t.Context(), "charged elsewhere")
		want := []string{
			"level=INFO msg=charged a=1 cents=995 actor=shop.Work queue=work attempt=0",
			"level=INFO msg=charged g.actor=shop.Work g.id=" + id + " g.queue=work g.attempt=0",
			`level=INFO msg="charged without the context"`,
			"level=INFO msg=charged a=1 cents=995 actor=shop.Work queue=work attempt=1",
			"level=INFO msg=charged g.actor=shop.Work g.id=" + id + " g.queue=work g.attempt=1",
			`level=INFO msg="charged without the context"`,
			`level=INFO msg="charged elsewhere"`,
		}
		if got := logged.of(""); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("got lines\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}
