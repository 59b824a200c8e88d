// Package program builds and runs the programs of the examples for their tests.
package program

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience bounds every wait. Only failures take it.
const patience = time.Minute

// Build returns the binary of a package, named relative to the test's directory.
func Build(t testing.TB, directory string) string {
	t.Helper()
	path, err := filepath.Abs(directory)
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(t.TempDir(), filepath.Base(path))
	if output, err := exec.Command("go", "build", "-o", binary, directory).CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", directory, err, output)
	}
	return binary
}

// Process is a running program. Its methods are for the goroutine of the test.
type Process struct {
	t     testing.TB
	cmd   *exec.Cmd
	ended chan struct{} // closed when all output was read and the process waited for
	err   error         // of its end

	mu    sync.Mutex // guards the fields below
	lines []string   // of both outputs
	read  int        // how many of them Await has passed
	grown chan struct{}
}

// Start runs a binary with additional variables in its environment, and kills it at
// the end of the test.
func Start(t testing.TB, binary string, environment []string, args ...string) *Process {
	t.Helper()
	p := &Process{t: t, cmd: exec.Command(binary, args...), ended: make(chan struct{}), grown: make(chan struct{}, 1)}
	p.cmd.Env = append(os.Environ(), environment...)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stdout, p.cmd.Stderr = writer, writer
	err = p.cmd.Start()
	writer.Close()
	if err != nil {
		t.Fatal(err)
	}
	go p.listen(reader)
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		<-p.ended
		if t.Failed() {
			t.Logf("%s said:\n%s", filepath.Base(binary), strings.Join(p.lines, "\n"))
		}
	})
	return p
}

func (p *Process) listen(output io.ReadCloser) {
	defer close(p.ended)
	defer output.Close()
	for scanner := bufio.NewScanner(output); scanner.Scan(); {
		p.mu.Lock()
		p.lines = append(p.lines, scanner.Text())
		p.mu.Unlock()
		select {
		case p.grown <- struct{}{}:
		default: // Await has not seen the last one yet
		}
	}
	p.err = p.cmd.Wait()
}

// Await returns the next line with the given text in it, on either output. What
// comes before is passed over.
func (p *Process) Await(text string) string {
	p.t.Helper()
	late := time.After(patience)
	for {
		if line, ok := p.next(text); ok {
			return line
		}
		select {
		case <-p.grown:
		case <-p.ended:
			if line, ok := p.next(text); ok {
				return line
			}
			p.t.Fatalf("the process ended (%v) without a line with %q", p.err, text)
		case <-late:
			p.t.Fatalf("got no line with %q within %s", text, patience)
		}
	}
}

// Skip passes over what the process has said so far.
func (p *Process) Skip() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.read = len(p.lines)
}

func (p *Process) next(text string) (string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.read < len(p.lines) {
		line := p.lines[p.read]
		p.read++
		if strings.Contains(line, text) {
			return line, true
		}
	}
	return "", false
}

// Signal sends a signal.
func (p *Process) Signal(signal syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(signal); err != nil {
		p.t.Fatal(err)
	}
}

// End waits for the end and returns how it ended and all that the process said.
func (p *Process) End() (lines []string, err error) {
	p.t.Helper()
	select {
	case <-p.ended:
		return p.lines, p.err
	case <-time.After(patience):
		p.t.Fatalf("the process did not end within %s", patience)
		return nil, nil
	}
}

// Stop asks the process to end and wants exit code 0. It returns all that the
// process said.
func (p *Process) Stop() []string {
	p.t.Helper()
	p.Signal(syscall.SIGTERM)
	lines, err := p.End()
	if err != nil {
		p.t.Fatalf("after SIGTERM: got %v, want exit code 0", err)
	}
	return lines
}
