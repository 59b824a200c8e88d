package load

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// Syntax lists the packages of the main module around dir and parses those that
// mention a directive. Patterns are read in dir; without any, all packages are
// matched. The error is for an environment that cannot be read.
func Syntax(ctx context.Context, dir string, patterns []string) (*Module, error) {
	root, err := moduleRoot(dir)
	if err != nil {
		return nil, err
	}
	all := filepath.Join(root, "...")
	args := append([]string{"-find", "-json=Dir,ImportPath,Name,Match,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles,IgnoredGoFiles,InvalidGoFiles,Module,Error", "--", all}, patterns...)
	m := &Module{Dir: root, Fset: token.NewFileSet(), workingDir: dir}
	guessing, stop := context.WithCancel(ctx)
	defer stop()
	var guess sync.WaitGroup
	guess.Go(func() { m.glance = look(guessing, m.Fset, root) })
	packages, err := golist(ctx, dir, args...)
	if err != nil {
		stop()
	}
	guess.Wait()
	if err != nil {
		return nil, err
	}
	for _, p := range packages {
		matched := len(patterns) == 0 || slices.ContainsFunc(p.Match, func(s string) bool { return s != all })
		if !inModule(p, root) {
			if err := outside(p, matched, len(patterns) > 0); err != nil {
				return nil, err
			}
			continue
		}
		if p.Module != nil {
			m.Path = p.Module.Path
		}
		loaded, err := m.parse(p)
		if err != nil {
			return nil, err
		}
		loaded.Matched = matched
		m.Packages = append(m.Packages, loaded)
	}
	m.addUnlisted(m.glance.dirs)
	slices.SortFunc(m.Packages, func(a, b *Package) int { return cmp.Compare(a.Path, b.Path) })
	return m, nil
}

// inModule reports whether p belongs to the module in root. A workspace has
// several main modules, and one may lie inside of another.
func inModule(p *listed, root string) bool {
	if p.Dir == "" {
		return false
	}
	if p.Module == nil { // go list could not fully read it
		relative, err := filepath.Rel(root, p.Dir)
		return err == nil && filepath.IsLocal(relative)
	}
	return p.Module.Dir == root || sameDir(p.Module.Dir, root)
}

func sameDir(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// outside refuses a package that is not ours to write into, if a pattern names
// it, and one that go list knows nothing of.
func outside(p *listed, matched, explicit bool) error {
	switch {
	case matched && p.Dir == "" && p.Error != nil:
		return errors.New(p.Error.Err + p.Error.hint())
	case matched && explicit:
		return fmt.Errorf("package %q is not part of the main module", p.ImportPath)
	}
	return nil
}

// moduleRoot finds the directory of the go.mod that governs dir.
func moduleRoot(dir string) (string, error) {
	for d := dir; ; d = filepath.Dir(d) {
		if info, err := os.Stat(filepath.Join(d, "go.mod")); err == nil && !info.IsDir() {
			return d, nil
		}
		if exists(filepath.Join(d, "go.work")) {
			return "", fmt.Errorf("no go.mod in %q or above it (run actorgen in one of the modules of %q)", dir, filepath.Join(d, "go.work"))
		}
		if d == filepath.Dir(d) {
			return "", fmt.Errorf("no go.mod in %q or above it (go mod init makes one)", dir)
		}
	}
}
