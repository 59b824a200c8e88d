package rabbittest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// The tests of one node run one after the other and leave it running.
func TestNode(t *testing.T) {
	t.Parallel()
	started := time.Now()
	n := MustStart(t, Options{})
	t.Run("it carries replies at once", func(t *testing.T) { testReply(t, n) })
	t.Run("it is of the release", func(t *testing.T) { testRelease(t, n) })
	t.Run("kill and restart keep a durable message", func(t *testing.T) { testKillAndRestart(t, n) })
	t.Run("pause holds a publish until resume", func(t *testing.T) { testPause(t, n) })
	t.Run("a paused node stops", func(t *testing.T) { testStopPaused(t, n) })
	t.Run("virtual hosts are apart", func(t *testing.T) { testVhosts(t, n) })
	t.Run("a failing control command says why", func(t *testing.T) { testCtlError(t, n) })
	t.Run("a container serves where there is an engine", func(t *testing.T) { testContainer(t, n) })
	t.Run("cleanup leaves nothing", func(t *testing.T) { testCleanup(t, n, started) })
}

// A second node beside that of TestNode, with settings of its own.
func TestNodeTakesConfig(t *testing.T) {
	t.Parallel()
	n := MustStart(t, Options{Config: "channel_max = 7", Advanced: "[{rabbit, [{heartbeat, 8}]}]."})
	got := dial(t, n.URL()).Config
	if got.ChannelMax != 7 || got.Heartbeat != 8*time.Second {
		t.Errorf("got channel_max %d and heartbeat %s, want 7 and 8s", got.ChannelMax, got.Heartbeat)
	}
}

func TestNodeThatCannotStartSaysWhy(t *testing.T) {
	t.Parallel()
	_, err := Start(t.Context(), Options{Config: "no_such_setting = 1"})
	if !errors.Is(err, errEnded) || !strings.Contains(err.Error(), "no_such_setting") {
		t.Fatalf("got %v, want %v with the node's own words", err, errEnded)
	}
}

// A node that only takes connections may confirm a reply and drop it.
func testReply(t *testing.T, n *Node) {
	const repliesTo = "amq.rabbitmq.reply-to"
	ch := channel(t, n.URL())
	q, err := ch.QueueDeclare("", false, true, true, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	replies, err := ch.Consume(repliesTo, "", true, true, false, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	requests, err := ch.Consume(q.Name, "", true, true, false, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := ch.PublishWithContext(t.Context(), "", q.Name, true, false, amqp.Publishing{ReplyTo: repliesTo}); err != nil {
		t.Fatal(err)
	}
	address := delivered(t, requests).ReplyTo
	if err := ch.PublishWithContext(t.Context(), "", address, false, false, amqp.Publishing{Body: []byte("body")}); err != nil {
		t.Fatal(err)
	}
	if got := delivered(t, replies); string(got.Body) != "body" {
		t.Errorf("got reply %q, want %q", got.Body, "body")
	}
}

func delivered(t *testing.T, deliveries <-chan amqp.Delivery) amqp.Delivery {
	t.Helper()
	select {
	case d := <-deliveries:
		return d
	case <-time.After(soon):
		t.Fatalf("nothing came within %s", soon)
		return amqp.Delivery{}
	}
}

func testKillAndRestart(t *testing.T, n *Node) {
	ch := channel(t, n.URL())
	if _, err := ch.QueueDeclare("kept", true, false, false, false, nil); err != nil {
		t.Fatal(err)
	}
	if err := publish(t.Context(), ch, "kept"); err != nil {
		t.Fatal(err)
	}
	// The broker confirms a message before the queue's name is on disk.
	if _, err := n.Ctl(t.Context(), "eval", "ok = mnesia:sync_log()."); err != nil {
		t.Fatal(err)
	}
	if err := n.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := n.Pause(); !errors.Is(err, errNotRunning) {
		t.Errorf("pause a killed node: got %v, want %v", err, errNotRunning)
	}
	if err := n.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, ok, err := channel(t, n.URL()).Get("kept", true); err != nil || !ok || string(got.Body) != "body" {
		t.Fatalf("got %q, %v, %v after kill and restart, want %q", got.Body, ok, err, "body")
	}
}

func testPause(t *testing.T, n *Node) {
	ch := channel(t, n.URL())
	q, err := ch.QueueDeclare("", false, true, true, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Pause(); err != nil {
		t.Fatal(err)
	}
	outcome := make(chan error, 1)
	go func() { outcome <- publish(t.Context(), ch, q.Name) }()
	select {
	case err := <-outcome:
		t.Fatalf("publish to a paused node returned %v, want it to wait", err)
	case <-time.After(time.Second):
	}
	if err := n.Resume(); err != nil {
		t.Fatal(err)
	}
	if err := <-outcome; err != nil {
		t.Fatal(err)
	}
}

func testStopPaused(t *testing.T, n *Node) {
	if err := n.Pause(); err != nil {
		t.Fatal(err)
	}
	if err := n.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := handshake(n.URL()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("connect to a stopped node: got %v, want %v", err, syscall.ECONNREFUSED)
	}
	if err := n.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func testVhosts(t *testing.T, n *Node) {
	one, err := n.AddVhost(t.Context(), "one/1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := channel(t, one).QueueDeclare("q", true, false, false, false, nil); err != nil {
		t.Fatal(err)
	}
	_, err = channel(t, n.URL()).QueueDeclarePassive("q", true, false, false, false, nil)
	var refused *amqp.Error
	if !errors.As(err, &refused) || refused.Code != amqp.NotFound {
		t.Errorf("look for the queue in another virtual host: got %v, want code %d", err, amqp.NotFound)
	}
}

func testCtlError(t *testing.T, n *Node) {
	if _, err := n.Ctl(t.Context(), "delete_vhost", "missing"); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("got %v, want an error that names the virtual host", err)
	}
}

func testCleanup(t *testing.T, n *Node, started time.Time) {
	pids := append(descendants(t, n.broker.Pid), n.broker.Pid, n.mapper.Pid, n.guard.cmd.Process.Pid)
	if err := n.Cleanup(); err != nil {
		t.Fatal(err)
	}
	awaitGone(t, n.directory, pids)
	if root := n.installation.root; root != "" {
		unchanged(t, root, started)
	}
	if err := n.Restart(t.Context()); !errors.Is(err, errCleanedUp) {
		t.Errorf("restart: got %v, want %v", err, errCleanedUp)
	}
}

func TestNodeEndsWithItsProcess(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), helperVariable+"=1")
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var directory string
	var broker, mapper int
	if _, err := fmt.Sscan(line, &directory, &broker, &mapper); err != nil {
		t.Fatalf("read %q: %v", line, err)
	}
	pids := append(descendants(t, broker), broker, mapper)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	awaitGone(t, directory, pids)
}

// descendants returns the PIDs of a process's children and theirs.
func descendants(t *testing.T, pid int) []int {
	t.Helper()
	output, err := exec.Command("ps", "-e", "-o", "pid=,ppid=").Output()
	if err != nil {
		t.Fatal(err)
	}
	children := map[int][]int{}
	for line := range strings.Lines(string(output)) {
		var child, parent int
		if _, err := fmt.Sscan(line, &child, &parent); err != nil {
			t.Fatal(err)
		}
		children[parent] = append(children[parent], child)
	}
	found := children[pid]
	for i := 0; i < len(found); i++ {
		found = append(found, children[found[i]]...)
	}
	if len(found) == 0 {
		t.Fatalf("process %d has no children, want Erlang's helpers", pid)
	}
	return found
}

// awaitGone waits until neither the directory nor any of the processes exist.
func awaitGone(t *testing.T, directory string, pids []int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	for {
		_, err := os.Stat(directory)
		left := !errors.Is(err, fs.ErrNotExist)
		running := alive(pids)
		if !left && len(running) == 0 {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("directory left: %v, processes left: %v, want nothing", left, running)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// alive returns those PIDs that run. A process that has ended but that nobody
// reaped, as happens to orphans in a container, does not.
func alive(pids []int) []int {
	var running []int
	for _, pid := range pids {
		state, err := exec.Command("ps", "-o", "stat=", "-p", fmt.Sprint(pid)).Output()
		if err == nil && !strings.HasPrefix(string(state), "Z") {
			running = append(running, pid)
		}
	}
	return running
}

func dial(t *testing.T, url string) *amqp.Connection {
	t.Helper()
	conn, err := amqp.Dial(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.CloseDeadline(time.Now().Add(time.Second)) })
	return conn
}

// channel returns a channel in confirm mode.
func channel(t *testing.T, url string) *amqp.Channel {
	t.Helper()
	ch, err := dial(t, url).Channel()
	if err != nil {
		t.Fatal(err)
	}
	if err := ch.Confirm(false); err != nil {
		t.Fatal(err)
	}
	return ch
}

// publish publishes a durable message and waits for its confirm.
func publish(ctx context.Context, ch *amqp.Channel, queue string) error {
	message := amqp.Publishing{DeliveryMode: amqp.Persistent, Body: []byte("body")}
	confirm, err := ch.PublishWithDeferredConfirmWithContext(ctx, "", queue, true, false, message)
	if err != nil {
		return err
	}
	acked, err := confirm.WaitContext(ctx)
	if err == nil && !acked {
		err = errors.New("not confirmed")
	}
	return err
}
