package rabbittest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Ctl runs rabbitmqctl on the node and returns what it printed. It takes about
// half a second. It does not wait for the node's other methods.
func (n *Node) Ctl(ctx context.Context, arguments ...string) (string, error) {
	cmd := n.installation.ctl(ctx, arguments...)
	cmd.Dir, cmd.Env = n.seen(""), n.environment()
	var stderr strings.Builder
	cmd.Stderr = &stderr
	output, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("rabbitmqctl %s: %w: %s", arguments[0], err, tail([]byte(stderr.String()+string(output))))
	}
	return string(output), nil
}

// WriteFile writes a new file in the node's directory and returns its path as the
// node and rabbitmqctl know it; they may not see the test's own files.
func (n *Node) WriteFile(content []byte) (path string, err error) {
	f, err := os.CreateTemp(n.directory, "file-")
	if err != nil {
		return "", err
	}
	_, err = f.Write(content)
	return n.seen(filepath.Base(f.Name())), errors.Join(err, f.Close())
}

// AddVhost makes an empty virtual host and returns the URL that connects to it
// as the administrator.
func (n *Node) AddVhost(ctx context.Context, name string) (string, error) {
	if _, err := n.Ctl(ctx, "--quiet", "add_vhost", name); err != nil {
		return "", err
	}
	if _, err := n.Ctl(ctx, "--quiet", "set_permissions", "-p", name, "guest", ".*", ".*", ".*"); err != nil {
		return "", err
	}
	return n.vhostURL(name), nil
}
