package load

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// listed is what go list prints of a package.
type listed struct {
	Dir            string
	ImportPath     string
	Name           string
	Export         string
	Match          []string
	GoFiles        []string
	CgoFiles       []string
	IgnoredGoFiles []string
	InvalidGoFiles []string
	TestGoFiles    []string
	XTestGoFiles   []string
	ImportMap      map[string]string
	Module         *struct {
		Path string
		Dir  string
		Main bool
	}
	Error *listError
}

// listError is what is wrong with a package.
type listError struct{ Err string }

// hint says what to do about a pattern that go list does not take for one of the
// module, or is empty.
func (e *listError) hint() string {
	switch {
	case strings.Contains(e.Err, "modules listed in go.work"):
		return " (go work use . adds this module to the workspace, GOWORK=off leaves it)"
	case strings.Contains(e.Err, "does not contain main module"):
		return " (it belongs to another module: run actorgen there)"
	}
	return ""
}

// golist runs go list in dir and returns what it prints, errors of single
// packages included.
func golist(ctx context.Context, dir string, args ...string) ([]*listed, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-e"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "GO111MODULE=on") // whatever the user has: there is a go.mod
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if errors.Is(err, exec.ErrNotFound) {
			return nil, errors.New("there is no go command in $PATH (actorgen asks it for the module's files: install Go, or add its bin directory)")
		}
		if text := strings.TrimSpace(stderr.String()); text != "" {
			return nil, fmt.Errorf("go list: %s", text)
		}
		return nil, fmt.Errorf("go list: %w", err)
	}
	var packages []*listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		p := new(listed)
		if err := decoder.Decode(p); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, fmt.Errorf("read the output of go list: %w", err)
		}
		packages = append(packages, p)
	}
}
