// Package deploy holds no code, only a test of the files beside it.
package deploy

import (
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// farewell is how much longer than its drain timeout a worker may live, as its flag
// -h says.
const farewell = 3 * time.Second

// margin is for the machine, which may be slow to start the end and to notice it.
const margin = 5 * time.Second

// file is one of the examples.
type file struct {
	*testing.T
	text string
}

func read(t *testing.T, name string) file {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return file{t, string(text)}
}

// value returns what the pattern's group finds, which must be there once.
func (f file) value(pattern string) string {
	f.Helper()
	found := regexp.MustCompile("(?m)"+pattern).FindAllStringSubmatch(f.text, -1)
	if len(found) != 1 {
		f.Fatalf("got %d of %s, want one", len(found), pattern)
	}
	return found[0][1]
}

func (f file) duration(text string) time.Duration {
	f.Helper()
	d, err := time.ParseDuration(text)
	if err != nil {
		f.Fatal(err)
	}
	return d
}

func (f file) ends(drain, killed time.Duration) {
	f.Helper()
	if killed < drain+farewell+margin {
		f.Errorf("got the worker killed after %s, want it longer than its drain timeout of %s, %s and %s", killed, drain, farewell, margin)
	}
}

func TestUnitLetsTheWorkerDrain(t *testing.T) {
	f := read(t, "worker.service")
	f.ends(f.duration(f.value(`^Environment=ACTOR_DRAIN_TIMEOUT=(\S+)$`)), f.duration(f.value(`^TimeoutStopSec=(\S+)$`)))
	if signal := f.value(`^KillSignal=(\S+)$`); signal != "SIGTERM" {
		t.Errorf("got signal %s, want the one that drains", signal)
	}
	if code := f.value(`^RestartPreventExitStatus=(\S+)$`); code != "2" || f.value(`^Restart=(\S+)$`) != "on-failure" {
		t.Errorf("got a restart prevented by %s, want by wrong usage alone, and none of what has drained", code)
	}
	section := ""
	for line := range strings.Lines(f.text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			section = line
		case section == "" || !regexp.MustCompile(`^[A-Z]\w+=\S`).MatchString(line):
			t.Errorf("got line %q in section %q, want Key=value in one", line, section)
		}
	}
	if _, _, err := net.SplitHostPort(f.value(`^Environment=ACTOR_METRICS=(\S+)$`)); err != nil {
		t.Error(err)
	}
}

func TestPodLetsTheWorkerDrain(t *testing.T) {
	f := read(t, "kubernetes.yaml")
	seconds, err := strconv.Atoi(f.value(`^ +terminationGracePeriodSeconds: (\d+)$`))
	if err != nil {
		t.Fatal(err)
	}
	f.ends(f.duration(f.value(`name: ACTOR_DRAIN_TIMEOUT, value: (\w+)`)), time.Duration(seconds)*time.Second)
	for probe, path := range map[string]string{"livenessProbe": "/healthz", "readinessProbe": "/readyz"} {
		if got := f.value(probe + `:\n +httpGet: \{path: (\S+), port: metrics\}`); got != path {
			t.Errorf("%s: got %s, want %s", probe, got, path)
		}
	}
	port := f.value(`name: metrics, containerPort: (\d+)`)
	if f.value(`prometheus.io/port: "(\d+)"`) != port || f.value(`name: ACTOR_METRICS, value: ":(\d+)"`) != port {
		t.Errorf("got other ports than %s served or scraped", port)
	}
}
