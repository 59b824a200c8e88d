package quickstart_test

import (
	"bufio"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

func TestMain(m *testing.M) { os.Exit(rabbittest.Run(m)) }

const module = "github.com/actorgen/actorgen/examples/quickstart/"

func TestDemoInMemory(t *testing.T) {
	checkDemo(t, build(t, "demo"))
}

func TestDemoOnRabbitMQ(t *testing.T) {
	checkDemo(t, build(t, "demo"), "-broker", rabbittest.URL(t))
}

func checkDemo(t *testing.T, demo string, args ...string) {
	t.Helper()
	output, err := exec.Command(demo, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("got %v, want success\n%s", err, output)
	}
	for _, step := range []string{"sent", "confirmed", "ran", "delayed", "failed", "retried", "dead-lettered"} {
		if !strings.Contains(string(output), "  "+step) {
			t.Errorf("got no step %q in\n%s", step, output)
		}
	}
}

// TestEveryTaskIsAccountedFor sends tasks from one process to a worker in
// another that is stopped in the middle and started again.
func TestEveryTaskIsAccountedFor(t *testing.T) {
	const count, stopAfter = 1000, 300
	url, name := rabbittest.URL(t), "e2e"+rand.Text()[:8]
	readyBefore := ready(t, url)

	binary := build(t, "worker")
	first := startWorker(t, binary, url)
	producer := exec.Command(build(t, "producer"), "-broker", url, "-count", fmt.Sprint(count), name)
	producer.Stderr = os.Stderr
	confirmations, err := producer.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := producer.Start(); err != nil {
		t.Fatal(err)
	}
	confirmed := make(chan map[string]int, 1)
	go func() {
		names := make(map[string]int)
		for scanner := bufio.NewScanner(confirmations); scanner.Scan(); {
			names[strings.TrimPrefix(scanner.Text(), "confirmed ")]++
		}
		confirmed <- names
	}()

	ran := make(map[string]int)
	first.collect(t, name, ran, stopAfter)
	first.terminate(t)
	first.collectRest(t, name, ran)
	byFirst := len(ran)
	sent := <-confirmed
	if err := producer.Wait(); err != nil {
		t.Fatalf("producer: %v", err)
	}
	if byFirst >= count {
		t.Fatalf("the first worker ran all %d tasks, want it stopped in the middle", byFirst)
	}

	second := startWorker(t, binary, url)
	second.collect(t, name, ran, count)
	second.terminate(t)
	second.collectRest(t, name, ran)

	if len(sent) != count {
		t.Errorf("got %d tasks confirmed, want %d", len(sent), count)
	}
	lost, repeated := 0, 0
	for task := range sent {
		switch n := ran[task]; {
		case n == 0:
			lost++
		case n > 1:
			repeated++
		}
	}
	// Nothing failed, so an orderly stop has no reason to run a task twice.
	if lost > 0 || repeated > 0 || len(ran) != count {
		t.Errorf("got %d lost, %d repeated, %d run of %d; want 0, 0, all", lost, repeated, len(ran), count)
	}
	if left := ready(t, url); left != readyBefore {
		t.Errorf("got %d messages left in the queues, want %d as before", left, readyBefore)
	}
	t.Logf("%d tasks: %d by the first worker, %d by the second; 0 lost, 0 repeated", count, byFirst, count-byFirst)
}

// workerProcess is the generated worker, running.
type workerProcess struct {
	command *exec.Cmd
	lines   chan string
}

func startWorker(t *testing.T, binary, url string) *workerProcess {
	t.Helper()
	w := &workerProcess{command: exec.Command(binary, "-concurrency", "4", "-drain-timeout", "10s"), lines: make(chan string, 64)}
	w.command.Env = append(os.Environ(), "ACTOR_BROKER="+url)
	w.command.Stderr = os.Stderr
	stdout, err := w.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.command.Process.Kill() })
	go func() {
		defer close(w.lines)
		for scanner := bufio.NewScanner(stdout); scanner.Scan(); {
			w.lines <- scanner.Text()
		}
	}()
	return w
}

// collect counts the greetings of this test until n different ones ran.
func (w *workerProcess) collect(t *testing.T, name string, ran map[string]int, n int) {
	t.Helper()
	timeout := time.After(time.Minute)
	for len(ran) < n {
		select {
		case line, open := <-w.lines:
			if !open {
				t.Fatalf("the worker ended after %d tasks, want %d", len(ran), n)
			}
			count(line, name, ran)
		case <-timeout:
			t.Fatalf("got %d tasks run within a minute, want %d", len(ran), n)
		}
	}
}

func (w *workerProcess) terminate(t *testing.T) {
	t.Helper()
	if err := w.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// collectRest counts what the worker prints until it has ended.
func (w *workerProcess) collectRest(t *testing.T, name string, ran map[string]int) {
	t.Helper()
	for line := range w.lines {
		count(line, name, ran)
	}
	if err := w.command.Wait(); err != nil {
		t.Fatalf("worker: got %v, want exit status 0", err)
	}
}

func count(line, name string, ran map[string]int) {
	if task, ok := strings.CutPrefix(line, "greet "); ok && strings.HasPrefix(task, name) {
		ran[task]++
	}
}

// ready returns how many messages the quickstart's queues hold.
func ready(t *testing.T, url string) int {
	t.Helper()
	connection, err := amqp091.Dial(url)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	total := 0
	for _, queue := range []string{"quickstart", "quickstart.XQ"} {
		channel, err := connection.Channel()
		if err != nil {
			t.Fatal(err)
		}
		q, err := channel.QueueDeclarePassive(queue, true, false, false, false, nil)
		if err == nil { // else the queue does not exist yet
			total += q.Messages
		}
	}
	return total
}

func build(t *testing.T, command string) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), command)
	if output, err := exec.Command("go", "build", "-o", binary, module+command).CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", command, err, output)
	}
	return binary
}
