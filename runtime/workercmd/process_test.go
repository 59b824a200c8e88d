package workercmd

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// soon bounds what must happen.
const soon = 10 * time.Second

// workerProcess is this test binary running as a worker.
type workerProcess struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout *bufio.Reader
	stderr *os.File
}

func startWorker(t *testing.T, kind string, args ...string) *workerProcess {
	t.Helper()
	stderr, err := os.CreateTemp(t.TempDir(), "stderr")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], args...)
	queue := rabbittest.Prefix(t) + "tasks"
	cmd.Env = append(os.Environ(), taskVariable+"="+kind, "WORKERCMD_QUEUE="+queue)
	cmd.Stderr = stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w := &workerProcess{t: t, cmd: cmd, stdin: stdin, stdout: bufio.NewReader(stdout), stderr: stderr}
	timer := time.AfterFunc(2*soon, func() { cmd.Process.Kill() })
	t.Cleanup(func() {
		timer.Stop()
		cmd.Process.Kill()
		cmd.Wait() // an error where the test has waited
		stderr.Close()
		if t.Failed() {
			t.Logf("standard error:\n%s", w.log())
		}
	})
	return w
}

func (w *workerProcess) log() string {
	text, err := os.ReadFile(w.stderr.Name())
	if err != nil {
		w.t.Fatal(err)
	}
	return string(text)
}

// says waits for a line on standard output.
func (w *workerProcess) says(want string) {
	w.t.Helper()
	if got, err := w.stdout.ReadString('\n'); err != nil || got != want+"\n" {
		w.t.Fatalf("the worker said %q, %v, want %q", got, err, want)
	}
}

func (w *workerProcess) signal(s os.Signal) {
	w.t.Helper()
	if err := w.cmd.Process.Signal(s); err != nil {
		w.t.Fatal(err)
	}
}

// address waits until the worker serves its health checks.
func (w *workerProcess) address() string {
	w.t.Helper()
	serving := regexp.MustCompile(`serving health checks.* address=(\S+)`)
	var address string
	w.eventually("health checks are served", func() bool {
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
	w.eventually(state, func() bool {
		_, body := get(w.t, "http://"+address+"/readyz")
		return strings.Contains(body, state)
	})
}

func (w *workerProcess) eventually(what string, condition func() bool) {
	w.t.Helper()
	for end := time.Now().Add(soon); !condition(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatalf("after %s not yet: %s", soon, what)
		}
	}
}

// exits waits for the end.
func (w *workerProcess) exits(want int) {
	w.t.Helper()
	rest, err := io.ReadAll(w.stdout)
	if err != nil {
		w.t.Fatal(err)
	}
	err = w.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.t.Fatal(err)
	}
	if got := w.cmd.ProcessState.ExitCode(); got != want {
		w.t.Fatalf("got exit code %d (%s, said %q), want %d", got, w.cmd.ProcessState, rest, want)
	}
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func TestSignalsDrainAnIdleWorker(t *testing.T) {
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(s.String(), func(t *testing.T) {
			w := startWorker(t, noTask, "-broker", "memory://", "-metrics", "127.0.0.1:0")
			address := w.address()
			w.eventually("ready", func() bool {
				code, _ := get(t, "http://"+address+"/readyz")
				return code == http.StatusOK
			})
			w.signal(s)
			w.exits(exitDrained)
		})
	}
}

func TestRunningTaskFinishesBeforeTheWorker(t *testing.T) {
	w := startWorker(t, brief, "-broker", "memory://", "-metrics", "127.0.0.1:0")
	address := w.address()
	w.says("started")
	w.signal(syscall.SIGTERM)
	w.eventually("no longer ready", func() bool {
		code, body := get(t, "http://"+address+"/readyz")
		return code == http.StatusServiceUnavailable && strings.Contains(body, "draining")
	})
	if code, _ := get(t, "http://"+address+"/healthz"); code != http.StatusOK {
		t.Errorf("got %d from /healthz while draining, want %d", code, http.StatusOK)
	}
	fmt.Fprintln(w.stdin)
	w.says("finished")
	w.exits(exitDrained)
}

func TestDrainTimeoutForcesTheEnd(t *testing.T) {
	w := startWorker(t, stuck, "-broker", "memory://", "-drain-timeout", "50ms")
	w.says("started")
	w.signal(syscall.SIGTERM)
	w.exits(exitFailed)
}

func TestSecondSignalQuitsAtOnce(t *testing.T) {
	w := startWorker(t, dead, "-broker", "memory://", "-drain-timeout", "10m", "-metrics", "127.0.0.1:0")
	address := w.address()
	w.says("started")
	w.signal(syscall.SIGTERM)
	w.reaches(address, "draining")
	w.signal(os.Interrupt)
	w.exits(exitFailed)
}

func TestMemoryBrokerWarns(t *testing.T) {
	w := startWorker(t, stuck, "-broker", "memory://", "-log-format", "json", "-log-level", "warn")
	w.says("started")
	if log := w.log(); !strings.Contains(log, `"level":"WARN"`) || strings.Contains(log, "INFO") {
		t.Errorf("got log %q, want the warning alone, as JSON", log)
	}
}

func TestHelpGoesToStandardOutput(t *testing.T) {
	w := startWorker(t, noTask, "-h")
	line, err := w.stdout.ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "Usage: ") {
		t.Errorf("got %q, %v, want the usage", line, err)
	}
	w.exits(0)
}

func TestWrongUsage(t *testing.T) {
	w := startWorker(t, noTask, "-concurrency", "none")
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
	startWorker(t, noTask, "-broker", "memory://", "-metrics", l.Addr().String()).exits(exitFailed)
}

func TestWrongPasswordFailsAtOnceAndIsNotShown(t *testing.T) {
	u := brokerURL(t)
	u.User = url.UserPassword("nobody", "secret")
	w := startWorker(t, noTask, "-broker", u.String(), "-log-level", "debug")
	w.exits(exitFailed)
	if log := w.log(); strings.Contains(log, "secret") {
		t.Errorf("the password is in the log:\n%s", log)
	}
}

// The broker comes up after the worker; then the worker runs its task.
func TestBrokerIsWaitedFor(t *testing.T) {
	u := brokerURL(t)
	proxy := rabbittest.NewProxy(t, u.Host)
	proxy.Refuse()
	u.Host = proxy.Addr()
	w := startWorker(t, brief, "-broker", u.String(), "-metrics", "127.0.0.1:0")
	address := w.address()
	if code, body := get(t, "http://"+address+"/readyz"); code != http.StatusServiceUnavailable || !strings.Contains(body, "connecting") {
		t.Errorf("got %d, %q without a broker, want %d and connecting", code, body, http.StatusServiceUnavailable)
	}
	if err := proxy.Restore(); err != nil {
		t.Fatal(err)
	}
	w.says("started")
	fmt.Fprintln(w.stdin)
	w.says("finished")
	w.signal(syscall.SIGTERM)
	w.exits(exitDrained)
}

func TestSignalEndsTheWaitForTheBroker(t *testing.T) {
	w := startWorker(t, noTask, "-broker", "amqp://127.0.0.1:1/", "-metrics", "127.0.0.1:0")
	w.reaches(w.address(), "connecting")
	w.signal(syscall.SIGTERM)
	w.exits(exitDrained)
}

func brokerURL(t *testing.T) *url.URL {
	t.Helper()
	u, err := url.Parse(rabbittest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	return u
}
