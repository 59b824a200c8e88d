package rabbittest

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestURLIsSharedAndServes(t *testing.T) {
	first := URL(t)
	if _, err := handshake(first); err != nil {
		t.Fatal(err)
	}
	if second := URL(t); second != first {
		t.Errorf("got %q, then %q, want the same broker", first, second)
	}
}

func TestPrefixesDiffer(t *testing.T) {
	if one, other := Prefix(t), Prefix(t); one == other {
		t.Errorf("got %q twice", one)
	}
}

func TestOpenSaysWhichBrokerDoesNotAnswer(t *testing.T) {
	t.Setenv(URLVariable, "amqp://user:secret@127.0.0.1:1/")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := Open(ctx)
	if err == nil || !strings.Contains(err.Error(), URLVariable) || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Fatalf("got %v, want an error that names %s and the address", err, URLVariable)
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("the password is in %q", err)
	}
}

func TestOpenDoesNotWaitWhenRefused(t *testing.T) {
	u, err := url.Parse(URL(t))
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("nobody", "secret")
	t.Setenv(URLVariable, u.String())
	start := time.Now()
	if _, err := Open(t.Context()); err == nil || strings.Contains(err.Error(), "secret") {
		t.Fatalf("got %v, want an error without the password", err)
	}
	if took := time.Since(start); took > reuseTimeout/2 {
		t.Errorf("wrong credentials took %s, want an error at once", took)
	}
}

func TestNoServerAndNoEngineSaysWhatToDo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := findEngine(t.Context())
	if err == nil || !strings.Contains(err.Error(), "docker") || !strings.Contains(err.Error(), "podman") {
		t.Fatalf("got %v, want an error that names the engines", err)
	}
}

// testContainer puts a script in the place of docker, whose container is n.
func testContainer(t *testing.T, n *Node) {
	directory := t.TempDir()
	calls := filepath.Join(directory, "calls")
	script := `#!/bin/sh
echo "$*" >>"` + calls + `"
case "$1" in
run) echo id7 ;;
port) echo ` + n.Addr() + ` ;;
esac
`
	engine := filepath.Join(directory, "docker")
	if err := os.WriteFile(engine, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	b, err := runContainer(t.Context(), engine)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := handshake(b.URL); err != nil {
		t.Error(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(calls)
	if err != nil {
		t.Fatal(err)
	}
	want := "run --detach --rm --publish 127.0.0.1::5672 " + containerImage + "\nport id7 5672/tcp\nexec id7 rabbitmqctl await_startup --quiet\nrm --force --volumes id7\n"
	if string(got) != want {
		t.Errorf("got calls\n%s\nwant\n%s", got, want)
	}
}
