package rabbittest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// freezeTimeout bounds the wait for a process to stand still.
const freezeTimeout = 10 * time.Second

// freeze stops the process and waits until each of its threads stands still: on
// a busy machine one of many may run on for a while after the signal. Where
// there is no /proc to tell, it does not wait.
func (p *process) freeze() error {
	if err := p.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	for deadline := time.Now().Add(freezeTimeout); !p.frozen(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			return fmt.Errorf("process %d still runs %s after it was stopped", p.Pid, freezeTimeout)
		}
	}
	return nil
}

// frozen reports whether every thread is in the state T of proc(5).
func (p *process) frozen() bool {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", p.Pid))
	if err != nil {
		return true
	}
	for _, thread := range threads {
		stat, err := os.ReadFile(thread)
		if err != nil {
			continue // the thread has ended
		}
		// The name stands in parentheses and may hold any of the separators.
		_, state, _ := bytes.Cut(stat[bytes.LastIndexByte(stat, ')')+1:], []byte(" "))
		if !bytes.HasPrefix(state, []byte("T")) {
			return false
		}
	}
	return true
}
