package rabbittest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// process is a child that is known by its PID, in this process and, through a
// PID file, to the guard.
type process struct {
	*os.Process
	pidFile string
	ended   chan struct{}
}

// launch starts cmd in a process group of its own, so that an interrupt at the
// terminal does not reach it before the test's clean-up does.
func launch(cmd *exec.Cmd, pidFile string) (*process, error) {
	cmd.SysProcAttr.Setpgid = true
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{Process: cmd.Process, pidFile: pidFile, ended: make(chan struct{})}
	go func() {
		cmd.Wait() // reaps it; how it ended is in its log
		close(p.ended)
	}()
	if err := os.WriteFile(pidFile, []byte(strconv.Itoa(p.Pid)), 0o600); err != nil {
		return nil, errors.Join(err, p.kill())
	}
	return p, nil
}

// kill ends the process at once and waits for it. It is no error if it has
// ended before.
func (p *process) kill() error {
	if err := p.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill process %d: %w", p.Pid, err)
	}
	<-p.ended
	return os.RemoveAll(p.pidFile)
}

// terminate asks the process to end and waits for it; when ctx ends first it
// is killed, which is an error.
func (p *process) terminate(ctx context.Context) error {
	if err := p.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("terminate process %d: %w", p.Pid, err)
	}
	select {
	case <-p.ended:
		return os.RemoveAll(p.pidFile)
	case <-ctx.Done():
		return errors.Join(fmt.Errorf("wait for process %d to end: %w", p.Pid, context.Cause(ctx)), p.kill())
	}
}
