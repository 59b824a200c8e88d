package rabbittest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
)

var errNoServer = errors.New("rabbitmq-server is not installed")

// scripts is the directory of RabbitMQ's own command scripts. Distributions
// put wrappers of the same names in the path that change to another user and
// lose the node's settings; only the real ones have rabbitmq-env beside them.
type scripts string

func (s scripts) server() string { return filepath.Join(string(s), "rabbitmq-server") }
func (s scripts) ctl() string    { return filepath.Join(string(s), "rabbitmqctl") }

func findServer() (scripts, error) {
	candidates := []string{
		"/usr/lib/rabbitmq/bin",
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
			return scripts(directory), nil
		}
	}
	return "", errNoServer
}
