package workercmd

import (
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// startConstructing starts a worker that constructs a receiver of a kind first.
func startConstructing(t *testing.T, kind string, args ...string) *workerProcess {
	t.Helper()
	t.Setenv(makesVariable, kind)
	return startWorkerWith(t, "tasks", brief, append([]string{"-broker", inMemory}, args...)...)
}

// saidInOrder checks all that an ended process said but of its tasks.
func (w *workerProcess) saidInOrder(want ...string) {
	w.t.Helper()
	got := slices.DeleteFunc(slices.Clone(w.lines), func(line string) bool {
		return strings.HasPrefix(line, "started") || strings.HasPrefix(line, "finished") || strings.HasPrefix(line, "cancelled")
	})
	if !slices.Equal(got, want) {
		w.t.Errorf("got %q, want %q", got, want)
	}
}

// A task that runs while the worker drains finds its receiver as it was made: its
// context has not ended. Only then is it closed, in reverse order.
func TestReceiversOutliveTheDrain(t *testing.T) {
	w := startConstructing(t, sound)
	w.says("started")
	w.signal(syscall.SIGTERM)
	w.release()
	w.exits(exitDrained)
	w.saidInOrder("constructing sound", "constructor context <nil>", "closed second", "closed first")
	w.says("finished")
	if finished, closed := w.line("finished"), w.line("closed"); finished > closed {
		t.Errorf("got %q, want the receivers closed after the task", w.lines)
	}
}

// line returns the number of the first line that begins with a verb.
func (w *workerProcess) line(verb string) int {
	return slices.IndexFunc(w.lines, func(line string) bool { return strings.HasPrefix(line, verb) })
}

func TestConstructorFails(t *testing.T) {
	w := startConstructing(t, wrong)
	w.exits(exitFailed)
	w.saidInOrder("constructing wrong", "closed first")
	if log := w.log(); !strings.Contains(log, "construct: no such host") {
		t.Errorf("got log %q, want the error", log)
	}
}

func TestSignalEndsConstructors(t *testing.T) {
	for kind, code := range map[string]int{patient: exitDrained, unwilling: exitFailed} {
		w := startConstructing(t, kind)
		w.says("constructing")
		w.signal(syscall.SIGTERM)
		w.exits(code)
		w.saidInOrder("constructing "+kind, "closed first")
	}
}

func TestToldToEndBeforeItBegan(t *testing.T) {
	w := startConstructing(t, stubborn)
	w.says("constructing")
	w.signal(syscall.SIGTERM)
	w.exits(exitDrained)
	w.saidInOrder("constructing stubborn", "constructor context context canceled", "closed second", "closed first")
	if log := w.log(); strings.Contains(log, "memory") {
		t.Errorf("got log %q, want no connection", log)
	}
}

func TestConstructorThatIgnoresItsContextIsLeft(t *testing.T) {
	w := startConstructing(t, endless, "-drain-timeout", "300ms")
	w.says("constructing")
	w.signal(syscall.SIGTERM)
	w.endsAfter(300*time.Millisecond, exitFailed)
	w.saidInOrder("constructing endless")
}

func TestSecondSignalQuitsAConstructor(t *testing.T) {
	w := startConstructing(t, endless, "-drain-timeout", "10m")
	w.says("constructing")
	w.signal(syscall.SIGTERM)
	eventually(t, "the first signal is heeded", func() bool { return strings.Contains(w.log(), "draining") })
	w.signal(syscall.SIGTERM)
	w.exits(exitFailed)
}

func TestFailureToCloseIsAFailure(t *testing.T) {
	w := startConstructing(t, leaky)
	w.says("started")
	w.signal(syscall.SIGTERM)
	w.release()
	w.exits(exitFailed)
	w.saidInOrder("constructing leaky", "constructor context <nil>", "closed second", "closed first")
	if log := w.log(); !strings.Contains(log, "no such host") {
		t.Errorf("got log %q, want the error", log)
	}
}

func TestClosingIsBounded(t *testing.T) {
	w := startConstructing(t, stuckOpen, "-drain-timeout", "300ms")
	w.says("started")
	w.release()
	w.says("finished")
	w.signal(syscall.SIGTERM)
	w.endsAfter(300*time.Millisecond, exitFailed)
	if len(w.said("closed")) == 0 {
		t.Errorf("got %q, want the receiver to begin to close", w.lines)
	}
}

// Whoever asks for help, or errs, needs no database for it.
func TestFlagsComeBeforeConstructors(t *testing.T) {
	for flag, code := range map[string]int{"-h": 0, "-nonsense": exitUsage} {
		w := startConstructing(t, sound, flag)
		w.exits(code)
		if len(w.said("constructing")) > 0 {
			t.Errorf("%s: got %q, want nothing constructed", flag, w.lines)
		}
	}
}

// Wrong usage that only the tables show closes what was made.
func TestUnknownQueueClosesReceivers(t *testing.T) {
	w := startConstructing(t, sound, "-queues", "others")
	w.exits(exitUsage)
	w.saidInOrder("constructing sound", "constructor context <nil>", "closed second", "closed first")
}
