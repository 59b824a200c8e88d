package workercmd

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// soon bounds what must happen. Only failures take it.
const soon = 20 * time.Second

// workerProcess is this test binary running as a worker.
type workerProcess struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stderr *os.File
	told   time.Time // when it was last signalled

	mu    sync.Mutex    // guards lines
	lines []string      // on standard output
	exit  chan struct{} // closed when the process has ended
}

// startWorker starts a worker of the queues, as queuesVariable names them.
func startWorker(t *testing.T, queues string, args ...string) *workerProcess {
	t.Helper()
	return startWorkerWith(t, queues, "", args...)
}

// startWorkerWith starts a worker that sends itself a task of the given kind.
func startWorkerWith(t *testing.T, queues, kind string, args ...string) *workerProcess {
	t.Helper()
	stderr, err := os.CreateTemp(t.TempDir(), "stderr")
	if err != nil {
		t.Fatal(err)
	}
	w := &workerProcess{t: t, cmd: exec.Command(os.Args[0], args...), stderr: stderr,
		exit: make(chan struct{})}
	w.cmd.Env = append(os.Environ(), queuesVariable+"="+queues, kindVariable+"="+kind,
		"GORACE=atexit_sleep_ms=0") // else the race detector keeps an ended process for a second
	w.cmd.Stderr = stderr
	stdout, err := w.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if w.stdin, err = w.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go w.listen(stdout)
	t.Cleanup(func() {
		w.cmd.Process.Kill()
		<-w.exit
		stderr.Close()
		if t.Failed() {
			log := w.log()
			t.Logf("worker %d said %q, standard error ends:\n%s", w.pid(), w.lines[max(0, len(w.lines)-10):], log[max(0, len(log)-4000):])
		}
	})
	return w
}

// listen gathers what the process says until it has ended.
func (w *workerProcess) listen(stdout io.Reader) {
	defer close(w.exit)
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		w.mu.Lock()
		w.lines = append(w.lines, lines.Text())
		w.mu.Unlock()
	}
	_ = w.cmd.Wait() // exits looks at the exit code
}

func (w *workerProcess) pid() int { return w.cmd.Process.Pid }

func (w *workerProcess) log() string {
	text, err := os.ReadFile(w.stderr.Name())
	if err != nil {
		w.t.Fatal(err)
	}
	return string(text)
}

// said returns how often the process has said verb of each task.
func (w *workerProcess) said(verb string) map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	times := map[string]int{}
	for _, line := range w.lines {
		if said, of, _ := strings.Cut(line, " "); said == verb {
			id, _, _ := strings.Cut(of, " ")
			times[id]++
		}
	}
	return times
}

// last returns what the process has said last.
func (w *workerProcess) last() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.lines[len(w.lines)-1]
}

// says waits until the process has said verb of each of the tasks; without
// any, of one.
func (w *workerProcess) says(verb string, ids ...string) {
	w.t.Helper()
	eventually(w.t, fmt.Sprintf("the worker says %q of %q", verb, ids), func() bool {
		said := w.said(verb)
		for _, id := range ids {
			if said[id] == 0 {
				return false
			}
		}
		return len(said) > 0
	})
}

// release lets the brief tasks finish.
func (w *workerProcess) release() {
	w.t.Helper()
	if _, err := fmt.Fprintln(w.stdin, "release"); err != nil {
		w.t.Fatal(err)
	}
}

func (w *workerProcess) signal(s os.Signal) {
	w.t.Helper()
	if err := w.cmd.Process.Signal(s); err != nil {
		w.t.Fatal(err)
	}
	w.told = time.Now()
}

// exits waits for the end and checks the exit code.
func (w *workerProcess) exits(code int) {
	w.t.Helper()
	w.exitsWithin(soon, code)
}

func (w *workerProcess) exitsWithin(limit time.Duration, code int) {
	w.t.Helper()
	start := time.Now()
	select {
	case <-w.exit:
	case <-time.After(limit):
		w.t.Fatalf("the worker has not ended after %s", limit)
	}
	if got := w.cmd.ProcessState.ExitCode(); got != code {
		w.t.Fatalf("got exit code %d (%s), want %d", got, w.cmd.ProcessState, code)
	}
	w.t.Logf("ended after %s", time.Since(start).Round(time.Millisecond))
}

// endsAfter is exits for a worker with that drain timeout, which holds whatever
// its broker does.
func (w *workerProcess) endsAfter(drain time.Duration, code int) {
	w.t.Helper()
	const busy = 2 * time.Second // what a machine that runs other tests beside adds
	w.exitsWithin(drain+farewell+busy-time.Since(w.told), code)
}

func (w *workerProcess) ended() bool {
	select {
	case <-w.exit:
		return true
	default:
		return false
	}
}

// address waits until the worker serves its health checks.
func (w *workerProcess) address() string {
	w.t.Helper()
	serving := regexp.MustCompile(`serving health checks.* address=(\S+)`)
	var address string
	eventually(w.t, "health checks are served", func() bool {
		if found := serving.FindStringSubmatch(w.log()); found != nil {
			address = found[1]
		}
		return address != ""
	})
	return address
}

// reaches waits until the worker's readiness names a state.
func (w *workerProcess) reaches(address, state string) {
	w.t.Helper()
	eventually(w.t, "the worker is "+state, func() bool {
		code, body, err := get("http://" + address + "/readyz")
		if err != nil {
			w.t.Fatalf("before the worker was %s: %v", state, err)
		}
		if all := strings.Count(body, "\n"); (code == http.StatusOK) != (strings.Count(body, ": running\n") == all) {
			w.t.Fatalf("got status %d for %q, want ready only when all run", code, body)
		}
		return strings.Contains(body, state)
	})
}

// alive checks that the process is healthy, ready or not.
func (w *workerProcess) alive(address string) {
	w.t.Helper()
	if code, body, err := get("http://" + address + "/healthz"); err != nil || code != http.StatusOK {
		w.t.Errorf("healthz: got %d %q and error %v, want %d", code, body, err, http.StatusOK)
	}
}

// get keeps no connection, whose goroutines would be left.
func get(url string) (code int, body string, err error) {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(url)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(soon); !condition(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("after %s not yet: %s", soon, what)
		}
	}
}
