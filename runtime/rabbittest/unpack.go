package rabbittest

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// suite is the release of Debian whose RabbitMQ is unpacked, 4.0.5.
const suite = "trixie"

//go:embed unpack.sh
var unpackScript string

// findOrUnpack returns Debian's RabbitMQ 4 in a root directory of its own, which
// takes some ten seconds and a download of 70 MB the first time. It stays in the
// user's cache, where test binaries that need it at once wait for the one that
// makes it. Nothing else of the machine changes.
func findOrUnpack(ctx context.Context) (installation, error) {
	if os.Getuid() != 0 {
		return installation{}, errors.New("only root may run a server in a root directory of its own")
	}
	for _, tool := range []string{"apt-get", "dpkg"} {
		if _, err := exec.LookPath(tool); err != nil {
			return installation{}, fmt.Errorf("there is no %s", tool)
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return installation{}, fmt.Errorf("find a place to keep it: %w", err)
	}
	// Another script makes another root.
	recipe := sha256.Sum256([]byte(unpackScript))
	root := filepath.Join(cache, "actorgen", fmt.Sprintf("rabbitmq-%s-%s-%s-%x", string(four), suite, runtime.GOARCH, recipe[:4]))
	err = makeOnce(root, func(directory string, lock *os.File) (string, error) {
		fmt.Fprintf(os.Stderr, "rabbittest: unpacking RabbitMQ %s of Debian %s\n", string(four), suite)
		return unpack(ctx, directory, lock)
	})
	return installation{root: root, scripts: debianScripts}, err
}

// unpack fills a directory and returns the root within. The lock is held as long
// as anybody still writes there, which may outlive this process.
func unpack(ctx context.Context, directory string, lock *os.File) (string, error) {
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", unpackScript, "unpack", directory, suite)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive")
	cmd.ExtraFiles = []*os.File{lock}
	if output, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("unpack RabbitMQ of Debian %s, from the mirror that apt knows: %w:\n%s", suite, err, tail(output))
	}
	return filepath.Join(directory, "root"), nil
}

// makeOnce makes what shall be at path, unless it is there. Of several processes
// one makes it, in a directory beside it, and the others wait; what make returns
// is moved to path when it is complete, and what was cut short is removed. make
// passes the lock on to its children, so that nobody begins before they end.
func makeOnce(path string, make func(directory string, lock *os.File) (string, error)) error {
	parent := filepath.Dir(path)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return err
	}
	held, err := lock(parent)
	if err != nil {
		return err
	}
	defer held.Close()
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	const part = ".part-"
	left, err := filepath.Glob(path + part + "*")
	if err != nil {
		return err
	}
	for _, directory := range left {
		if err := os.RemoveAll(directory); err != nil {
			return err
		}
	}
	directory, err := os.MkdirTemp(parent, filepath.Base(path)+part)
	if err != nil {
		return err
	}
	made, err := make(directory, held)
	if err == nil {
		err = os.Rename(made, path)
	}
	return errors.Join(err, os.RemoveAll(directory))
}
