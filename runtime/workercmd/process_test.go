package workercmd

import (
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

const inMemory = "memory://"

func TestSignalsDrainAnIdleWorker(t *testing.T) {
	for _, broker := range []string{inMemory, rabbittest.URL(t)} {
		for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
			w := startWorker(t, rabbittest.Prefix(t)+"tasks", "-broker", broker, "-metrics", "127.0.0.1:0")
			w.reaches(w.address(), "running")
			w.signal(s)
			w.exits(exitDrained)
		}
	}
}

func TestMemoryBrokerWarns(t *testing.T) {
	w := startWorkerWith(t, "tasks", quick, "-broker", inMemory, "-log-format", "json", "-log-level", "warn")
	w.says("finished")
	if log := w.log(); !strings.Contains(log, `"level":"WARN"`) || strings.Contains(log, "INFO") {
		t.Errorf("got log %q, want the warning alone, as JSON", log)
	}
}

func TestHelpGoesToStandardOutput(t *testing.T) {
	w := startWorker(t, "tasks", "-h")
	w.exits(0)
	if len(w.said("Usage:")) != 1 {
		t.Error("got no usage on standard output")
	}
}

func TestWrongUsage(t *testing.T) {
	w := startWorker(t, "tasks", "-concurrency", "none")
	w.exits(exitUsage)
	if log := w.log(); !strings.Contains(log, "-concurrency") || !strings.Contains(log, "-h for help") {
		t.Errorf("got %q, want the flag and where the help is", log)
	}
}

func TestTakenHealthAddressFails(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	startWorker(t, "tasks", "-broker", inMemory, "-metrics", l.Addr().String()).exits(exitFailed)
}

func TestWrongPasswordFailsAtOnceAndIsNotShown(t *testing.T) {
	u, err := url.Parse(rabbittest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("nobody", "secret")
	w := startWorker(t, "tasks", "-broker", u.String(), "-log-level", "debug")
	w.exits(exitFailed)
	if log := w.log(); strings.Contains(log, "secret") {
		t.Errorf("the password is in the log:\n%s", log)
	}
}
