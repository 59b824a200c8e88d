package rabbittest

import (
	_ "embed"
	"fmt"
	"io"
	"os/exec"
	"syscall"
)

// A guardScript runs when nobody needs its arguments any more.
type guardScript string

// removeNode kills what the PID files of directory $1 name and removes it.
//
//go:embed guard_node.sh
var removeNode guardScript

// removeContainer removes container $2 of engine $1.
const removeContainer guardScript = `exec "$1" rm --force --volumes "$2"`

// awaitEnd ignores what a terminal sends to all its processes, and returns
// when the standard input ends.
const awaitEnd = "trap '' HUP INT TERM\nread -r _\n"

// guard is a child that outlives this process: when the pipe to it closes,
// because somebody released it or because this process is gone, however that
// came, it runs its script.
type guard struct {
	cmd   *exec.Cmd
	alive io.Closer
}

func startGuard(script guardScript, arguments ...string) (*guard, error) {
	cmd := exec.Command("/bin/sh", append([]string{"-c", awaitEnd + string(script), "guard"}, arguments...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	alive, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start a guard: %w", err)
	}
	return &guard{cmd: cmd, alive: alive}, nil
}

// release lets the guard do its work and waits for the end of it.
func (g *guard) release() error {
	if err := g.alive.Close(); err != nil {
		return err
	}
	return g.cmd.Wait()
}
