package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/actorgen/actorgen/generator"
	"github.com/actorgen/actorgen/generator/contract"
	"github.com/actorgen/actorgen/generator/diagnostic"
	"github.com/actorgen/actorgen/generator/lockfile"
	"github.com/actorgen/actorgen/generator/model"
	"github.com/actorgen/actorgen/generator/output"
	"github.com/actorgen/actorgen/generator/suggest"
)

// lock writes the wire contract of the module, unless the source breaks what is
// locked and not all of that is accepted.
func lock(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var accepted []string
	var s settings
	result, code, done := s.run(ctx, "lock", lockHelp, args, stdout, stderr, func(flags *flag.FlagSet) {
		flags.Func("accept", "", func(name string) error {
			accepted = append(accepted, name)
			return nil
		})
	})
	if done {
		return code
	}
	if len(s.Patterns) > 0 {
		return fail(stderr, fmt.Errorf("lock takes no patterns: the contract is that of the whole module (-accept NAME accepts a change)"))
	}
	if len(result.Diagnostics) > 0 {
		return s.report(result.Diagnostics, stdout, stderr)
	}
	l, err := readLock(s.Dir, result)
	if syntax := (*lockfile.SyntaxError)(nil); errors.As(err, &syntax) {
		return s.report(syntax.Problems, stdout, stderr)
	}
	if err != nil {
		return fail(stderr, err)
	}
	refused := slices.DeleteFunc(slices.Clone(l.breaches), func(b *contract.Breach) bool { return b.AcceptedBy(accepted) })
	if len(refused) > 0 {
		s.report(explained(refused), stdout, stderr)
		unused(stderr, accepted, l.breaches)
		fmt.Fprintf(stderr, "actorgen: %s is left as it is (actorgen help lock)\n", lockfile.Name)
		return exitFound
	}
	if err := output.Write(l.files()); err != nil {
		return fail(stderr, err)
	}
	return exitDone
}

// checkLock finds what lock would change or refuse. Without a lock there is
// nothing to find.
func checkLock(dir string, result generator.Result) (finding, error) {
	l, err := readLock(dir, result)
	if syntax := (*lockfile.SyntaxError)(nil); errors.As(err, &syntax) {
		return finding{problems: syntax.Problems}, nil
	}
	switch {
	case err != nil, l.text == nil:
		return finding{}, err
	case len(l.breaches) > 0:
		return finding{
			problems: explained(l.breaches).Sorted(dir),
			summary:  fmt.Sprintf("the source breaks the contract in %s (actorgen help lock)", lockfile.Name),
		}, nil
	}
	return stale(dir, l.files(), lockfile.Name+" is stale", "run actorgen lock")
}

// lockState is the lock beside the contract that the source has.
type lockState struct {
	path string
	// text is nil where there is no lock.
	text     []byte
	contract *lockfile.File
	breaches []*contract.Breach
}

// readLock reads the lock, if there is one, and compares the source with it.
func readLock(dir string, result generator.Result) (*lockState, error) {
	l := &lockState{path: filepath.Join(result.ModuleDir, lockfile.Name), contract: result.Contract}
	text, err := os.ReadFile(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return nil, err
	}
	locked, err := lockfile.Parse(diagnostic.Relative(dir, l.path), text)
	if err != nil {
		return nil, err
	}
	l.text = text
	l.breaches = contract.Breaches(locked, l.contract)
	return l, nil
}

// files is what there is to write. A lock that only ends its lines as on Windows
// is up to date, and one of nothing does not exist.
func (l *lockState) files() []model.File {
	want := l.contract.Text()
	switch {
	case bytes.Equal(bytes.ReplaceAll(l.text, []byte("\r\n"), []byte("\n")), want):
		return nil
	case len(l.contract.Actors) == 0:
		want = nil
	}
	return []model.File{{Path: l.path, Header: lockfile.Header, Content: want}}
}

func explained(breaches []*contract.Breach) diagnostic.List {
	var list diagnostic.List
	for _, b := range breaches {
		list = append(list, b.Diagnostic())
	}
	return list
}

// unused complains about accepted names that are not those of any breach.
func unused(stderr io.Writer, accepted []string, breaches []*contract.Breach) {
	var names []string
	for _, b := range breaches {
		names = append(names, b.Names...)
		names = append(names, b.Actors...)
	}
	for _, name := range accepted {
		if !slices.Contains(names, name) {
			text := fmt.Sprintf("actorgen: -accept %s names nothing that breaks the contract", name)
			if hint := suggest.Hint(name, names); hint != "" {
				text += " (" + hint + ")"
			}
			fmt.Fprintln(stderr, text)
		}
	}
}
