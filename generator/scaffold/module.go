package scaffold

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// module is what there is around a directory; path is empty where there is no
// module.
type module struct {
	path, dir string
	// library and tool say that go.mod has them.
	library, tool bool
	// workspace says that there is a go.work.
	workspace bool
}

// moduleAround asks the go command, which knows GOFLAGS, GOWORK and all that.
func moduleAround(dir string) (*module, error) {
	dir, err := existing(dir)
	if err != nil {
		return nil, err
	}
	out, err := goCommand(dir, "env", "-json", "GOMOD", "GOWORK")
	if err != nil {
		return nil, err
	}
	var env struct{ GOMOD, GOWORK string }
	if err := json.Unmarshal(out, &env); err != nil {
		return nil, fmt.Errorf("read the output of go env: %w", err)
	}
	m := &module{workspace: env.GOWORK != "" && env.GOWORK != "off"}
	if env.GOMOD == "" || env.GOMOD == os.DevNull {
		return m, nil
	}
	m.dir = filepath.Dir(env.GOMOD)
	return m, m.read()
}

// read reads go.mod.
func (m *module) read() error {
	out, err := goCommand(m.dir, "mod", "edit", "-json")
	if err != nil {
		return err
	}
	var file struct {
		Module  struct{ Path string }
		Require []struct{ Path string }
		Tool    []struct{ Path string }
	}
	if err := json.Unmarshal(out, &file); err != nil {
		return fmt.Errorf("read the output of go mod edit: %w", err)
	}
	m.path = file.Module.Path
	m.library = m.path == Library || slices.Contains(file.Require, struct{ Path string }{Library})
	m.tool = slices.Contains(file.Tool, struct{ Path string }{Tool})
	return nil
}

// existing returns the nearest directory above that exists, or dir itself.
func existing(dir string) (string, error) {
	for at := dir; ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		switch {
		case err == nil && !info.IsDir():
			return "", fmt.Errorf("%q is a file, not a directory", at)
		case err == nil:
			return at, nil
		case at == filepath.Dir(at):
			return "", err
		}
	}
}

// goCommand runs the go command and returns what it prints.
func goCommand(dir string, args ...string) ([]byte, error) {
	command := exec.Command("go", args...)
	command.Dir = dir
	out, err := command.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return nil, fmt.Errorf("there is no go command in PATH (install Go %s or later)", goVersion)
	}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return nil, fmt.Errorf("go %s in %q: %w: %s", strings.Join(args, " "), dir, err, strings.TrimSpace(string(exit.Stderr)))
	}
	return out, err
}
