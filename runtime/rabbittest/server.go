package rabbittest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

var errNoServer = errors.New("rabbitmq-server is not installed")

// installation is a RabbitMQ whose files are on this machine.
type installation struct {
	// root is the directory that its processes take for the root of all files.
	// It is empty for the machine's own installation.
	root string
	// scripts is the directory, seen from root, of RabbitMQ's own command
	// scripts. Distributions put wrappers of the same names in the path that
	// change to another user and lose the node's settings; only the real ones
	// have rabbitmq-env beside them.
	scripts string
}

// debianScripts is where Debian's package has them.
const debianScripts = "/usr/lib/rabbitmq/bin"

func (i installation) server(ctx context.Context) *exec.Cmd {
	return i.command(ctx, filepath.Join(i.scripts, "rabbitmq-server"))
}

func (i installation) ctl(ctx context.Context, arguments ...string) *exec.Cmd {
	return i.command(ctx, filepath.Join(i.scripts, "rabbitmqctl"), arguments...)
}

func (i installation) mapper(ctx context.Context, arguments ...string) *exec.Cmd {
	if i.root == "" {
		return i.command(ctx, "epmd", arguments...)
	}
	return i.command(ctx, "/usr/bin/epmd", arguments...)
}

func (i installation) command(ctx context.Context, path string, arguments ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, path, arguments...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: i.root}
	return cmd
}

// path is where the installation's processes look for commands.
func (i installation) path() string {
	if i.root == "" {
		return os.Getenv("PATH")
	}
	return "/usr/sbin:/usr/bin:/sbin:/bin"
}

// temporary is a directory of this machine whose files the installation's
// processes see, or nothing for any.
func (i installation) temporary() string {
	if i.root == "" {
		return ""
	}
	return filepath.Join(i.root, "tmp")
}

// settings are what the server has to be told because its root has no /proc
// where it could find out. What it believes to have allocated is no measure of
// its size, 8 MB for every quorum queue, which it hardly touches (RabbitMQ 4.0,
// measured): so the limit is out of reach, but for tests that lower it.
func (i installation) settings() string {
	if i.root == "" {
		return ""
	}
	return "vm_memory_calculation_strategy = allocated\ntotal_memory_available_override_value = 1000GB\n"
}

// version is the one in the name of the server's own plugin.
func (i installation) version() (string, error) {
	environment, err := filepath.EvalSymlinks(filepath.Join(i.root, i.scripts, "rabbitmq-env"))
	if err != nil {
		return "", err
	}
	const plugin = "rabbit-"
	plugins := filepath.Join(filepath.Dir(environment), "../plugins")
	found, err := filepath.Glob(filepath.Join(plugins, plugin+"[0-9]*"))
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("find the version of RabbitMQ: %d plugins %q in %q, want one", len(found), plugin+"*", plugins)
	}
	return strings.TrimSuffix(strings.TrimPrefix(filepath.Base(found[0]), plugin), ".ez"), nil
}

// findServer returns what the machine has installed.
func findServer() (installation, error) {
	candidates := []string{
		debianScripts,
		"/opt/homebrew/opt/rabbitmq/sbin",
		"/usr/local/opt/rabbitmq/sbin",
	}
	if inPath, err := exec.LookPath("rabbitmq-server"); err == nil {
		if resolved, err := filepath.EvalSymlinks(inPath); err == nil {
			candidates = append(candidates, filepath.Dir(resolved))
		}
	}
	for _, directory := range candidates {
		if _, err := os.Stat(filepath.Join(directory, "rabbitmq-env")); err == nil {
			return installation{scripts: directory}, nil
		}
	}
	return installation{}, errNoServer
}
