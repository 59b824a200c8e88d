package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"syscall"
	"testing"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// commandVariable makes the test binary behave as the command.
const commandVariable = "RABBITMQ_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(commandVariable) != "" {
		main()
	}
	os.Exit(rabbittest.Run(m))
}

// command runs this command before a shell script.
func command(script string, environment ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "--", "/bin/sh", "-c", script)
	cmd.Env = append(append(os.Environ(), commandVariable+"=1"), environment...)
	return cmd
}

func TestCommandGetsTheURL(t *testing.T) {
	url := rabbittest.URL(t)
	got, err := command(`printf %s "$`+rabbittest.URLVariable+`"`, rabbittest.URLVariable+"="+url).Output()
	if err != nil || string(got) != url {
		t.Fatalf("got %q, %v, want %q", got, err, url)
	}
}

func TestExitCodes(t *testing.T) {
	url := rabbittest.URLVariable + "=" + rabbittest.URL(t)
	for name, test := range map[string]struct {
		cmd  *exec.Cmd
		want int
	}{
		"success":     {command("exit 0", url), 0},
		"own code":    {command("exit 7", url), 7},
		"by a signal": {command("kill -TERM $$", url), exitSignal + int(syscall.SIGTERM)},
		"no broker":   {command("exit 0", rabbittest.URLVariable+"=http://127.0.0.1:1"), exitFailed},
	} {
		t.Run(name, func(t *testing.T) {
			if got := code(t, test.cmd.Run()); got != test.want {
				t.Errorf("got exit code %d, want %d", got, test.want)
			}
		})
	}
}

func TestVersion(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-version")
	cmd.Env = append(os.Environ(), commandVariable+"=1", rabbittest.URLVariable+"="+rabbittest.URL(t))
	got, err := cmd.Output()
	if err != nil || !regexp.MustCompile(`^\d+\.\d+\.\d+\n$`).Match(got) {
		t.Errorf("got %q, %v, want three numbers", got, err)
	}
}

func TestUsage(t *testing.T) {
	cmd := exec.Command(os.Args[0], "--")
	cmd.Env = append(os.Environ(), commandVariable+"=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if got := code(t, cmd.Run()); got != exitUsage || !bytes.Contains(stderr.Bytes(), []byte("usage:")) {
		t.Errorf("got exit code %d, %q, want %d and the usage", got, stderr.String(), exitUsage)
	}
}

// A terminated command passes the signal on, and its own code with it.
func TestTerminate(t *testing.T) {
	cmd := command(`trap 'exit 9' TERM; echo ready; while :; do sleep 0.05; done`,
		rabbittest.URLVariable+"="+rabbittest.URL(t))
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := output.Read(make([]byte, len("ready\n"))); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if got := code(t, cmd.Wait()); got != 9 {
		t.Errorf("got exit code %d, want 9", got)
	}
}

func code(t *testing.T, err error) int {
	t.Helper()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if exit == nil {
		return 0
	}
	return exit.ExitCode()
}
