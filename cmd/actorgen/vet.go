package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/actorgen/actorgen/generator"
	"github.com/actorgen/actorgen/generator/diagnostic"
)

// vetModule shows the problems in the source, and the mistakes in the use of
// stubs that go vet finds with this program as its tool.
func vetModule(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var s settings
	result, code, done := s.run(ctx, "vet", vetHelp, args, stdout, stderr, s.withOutput)
	if done {
		return code
	}
	calls, compiles, err := goVet(ctx, s.Config, result.ModuleDir, stderr)
	if err != nil {
		return fail(stderr, err)
	}
	code = s.report(append(result.Diagnostics, calls...), stdout, stderr)
	if !compiles {
		code = max(code, exitFound)
	}
	return code
}

// goVet runs go vet on the packages that the patterns match, and returns what it
// finds. What does not compile it says itself.
func goVet(ctx context.Context, c generator.Config, moduleDir string, stderr io.Writer) (found diagnostic.List, compiles bool, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, false, err
	}
	patterns := c.Patterns
	if len(patterns) == 0 {
		patterns = []string{filepath.Join(moduleDir, "...")}
	}
	command := exec.CommandContext(ctx, "go", append([]string{"vet", "-json", "-vettool=" + self, "-actorgen.calls"}, patterns...)...)
	command.Dir = c.Dir
	var errs bytes.Buffer
	command.Stderr = &errs
	out, err := command.Output()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return nil, false, fmt.Errorf("go vet: %w", err)
	}
	for line := range strings.Lines(errs.String()) {
		if !strings.HasPrefix(line, "# ") { // which names a package
			fmt.Fprint(stderr, line)
		}
	}
	found, malformed := findings(out)
	return found, err == nil, malformed
}

// findings reads what go vet -json prints: an object for each package, which
// holds one for each analyzer.
func findings(out []byte) (list diagnostic.List, err error) {
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var packages map[string]map[string]json.RawMessage
		if err := decoder.Decode(&packages); errors.Is(err, io.EOF) {
			return list, nil
		} else if err != nil {
			return nil, fmt.Errorf("read the output of go vet: %w", err)
		}
		for _, analyzers := range packages {
			for _, raw := range analyzers {
				var found []struct {
					Posn, Message string
				}
				if err := json.Unmarshal(raw, &found); err != nil {
					return nil, fmt.Errorf("go vet: %s", raw)
				}
				for _, f := range found {
					message, hint := split(f.Message)
					list.Addf(position(f.Posn), hint, "%s", message)
				}
			}
		}
	}
}

// position reads "file:line:column".
func position(text string) (pos token.Position) {
	pos.Filename = text
	for _, number := range []*int{&pos.Column, &pos.Line} {
		i := strings.LastIndexByte(pos.Filename, ':')
		n, err := strconv.Atoi(pos.Filename[i+1:])
		if i < 0 || err != nil {
			return pos
		}
		pos.Filename, *number = pos.Filename[:i], n
	}
	return pos
}

// split takes the hint, in brackets at its end, off a message.
func split(text string) (message, hint string) {
	if !strings.HasSuffix(text, ")") {
		return text, ""
	}
	depth := 0
	for i := len(text) - 1; i > 0; i-- {
		switch text[i] {
		case ')':
			depth++
		case '(':
			depth--
		}
		if depth == 0 {
			return strings.TrimSuffix(text[:i], " "), text[i+1 : len(text)-1]
		}
	}
	return text, ""
}
