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
	c, result, code, done := load(ctx, args, lockHelp, stdout, stderr, func(_ *generator.Config, flags *flag.FlagSet) {
		flags.Func("accept", "", func(name string) error {
			accepted = append(accepted, name)
			return nil
		})
	})
	if done {
		return code
	}
	if len(c.Patterns) > 0 {
		return fail(stderr, fmt.Errorf("lock takes no patterns: the contract is that of the whole module (-accept NAME accepts a change)"))
	}
	l, err := readLock(c, result)
	if err != nil {
		return failLock(stderr, err)
	}
	refused := slices.DeleteFunc(slices.Clone(l.breaches), func(b *contract.Breach) bool { return b.AcceptedBy(accepted) })
	if len(refused) > 0 {
		report(stderr, c.Dir, refused)
		unused(stderr, accepted, l.breaches)
		fmt.Fprintf(stderr, "actorgen: %s is left as it is (actorgen help lock)\n", lockfile.Name)
		return exitFound
	}
	if err := output.Write(l.files()); err != nil {
		return fail(stderr, err)
	}
	return exitDone
}

// checkLock shows what lock would change or refuse. Without a lock there is
// nothing to say.
func checkLock(c generator.Config, result generator.Result, stdout, stderr io.Writer) int {
	l, err := readLock(c, result)
	switch {
	case err != nil:
		return failLock(stderr, err)
	case l.text == nil:
		return exitDone
	case len(l.breaches) > 0:
		report(stderr, c.Dir, l.breaches)
		fmt.Fprintf(stderr, "actorgen: the source breaks the contract in %s (actorgen help lock)\n", lockfile.Name)
		return exitFound
	}
	diff, err := output.Diff(c.Dir, l.files())
	if err != nil {
		return fail(stderr, err)
	}
	if diff == "" {
		return exitDone
	}
	fmt.Fprint(stdout, diff)
	fmt.Fprintf(stderr, "actorgen: %s is stale (run actorgen lock)\n", lockfile.Name)
	return exitFound
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
func readLock(c generator.Config, result generator.Result) (*lockState, error) {
	l := &lockState{path: filepath.Join(result.ModuleDir, lockfile.Name), contract: result.Contract}
	text, err := os.ReadFile(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return nil, err
	}
	locked, err := lockfile.Parse(diagnostic.Relative(c.Dir, l.path), text)
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

// report explains breaches, sorted by position.
func report(stderr io.Writer, dir string, breaches []*contract.Breach) {
	var list diagnostic.List
	for _, b := range breaches {
		list = append(list, b.Diagnostic())
	}
	for _, d := range list.Sorted(dir) {
		fmt.Fprintln(stderr, d)
	}
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

// failLock prints what is wrong with the lock: of its text, or of the disk.
func failLock(stderr io.Writer, err error) int {
	if syntax := (*lockfile.SyntaxError)(nil); errors.As(err, &syntax) {
		fmt.Fprintln(stderr, syntax)
		return exitFound
	}
	return fail(stderr, err)
}
