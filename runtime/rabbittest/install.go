package rabbittest

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// packageDatabase exists on Debian-like systems. Test binaries that install at
// the same time wait for each other by locking it, which leaves no file behind
// and does not touch the package manager's own lock within it.
const packageDatabase = "/var/lib/dpkg"

//go:embed install.sh
var installScript string

// findOrInstall returns the installed server, or installs the distribution's.
func findOrInstall() (installation, error) {
	if found, err := findServer(); err == nil {
		return found, nil
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		return installation{}, fmt.Errorf("%w and there is no apt-get to install it", errNoServer)
	}
	if os.Getuid() != 0 {
		return installation{}, fmt.Errorf("%w and only root may install it", errNoServer)
	}
	held, err := lock(packageDatabase)
	if err != nil {
		return installation{}, err
	}
	defer held.Close()
	if found, err := findServer(); err == nil {
		return found, nil
	}
	fmt.Fprintln(os.Stderr, "rabbittest: installing rabbitmq-server")
	// A package manager must not be cut short: hence no context, and a session
	// of its own that an interrupt at the terminal does not reach.
	cmd := exec.Command("/bin/sh", "-c", installScript)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	if output, err := cmd.CombinedOutput(); err != nil {
		return installation{}, fmt.Errorf("install rabbitmq-server: %w:\n%s", err, tail(output))
	}
	return findServer()
}

// lock waits for the advisory lock on a file or directory. It is held until the
// file that is returned is closed, here and in each child that got it.
func lock(path string) (held *os.File, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %q: %w", path, err)
	}
	return f, nil
}
