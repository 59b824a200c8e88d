package main

import (
	"context"
	"fmt"
	"go/token"
	"io"
	"path/filepath"

	"github.com/actorgen/actorgen/generator/diagnostic"
	"github.com/actorgen/actorgen/generator/model"
	"github.com/actorgen/actorgen/generator/output"
)

// finding is one thing that check has to say.
type finding struct {
	// problems are what an editor shows, diff what a person sees instead if
	// there is one.
	problems diagnostic.List
	diff     string
	// gone are the problems that a diff does not explain.
	gone diagnostic.List
	// summary is one line that says what they mean.
	summary string
}

// check shows what generate and, where there is a lock, lock would change.
func check(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var s settings
	result, code, done := s.run(ctx, "check", checkHelp, args, stdout, stderr, s.withOutput)
	if done {
		return code
	}
	if len(result.Diagnostics) > 0 {
		return s.report(result.Diagnostics, stdout, stderr)
	}
	generated, err := stale(s.Dir, result.Files, "generated files are stale", "run actorgen")
	if err != nil {
		return fail(stderr, err)
	}
	locked, err := checkLock(s.Dir, result)
	if err != nil {
		return fail(stderr, err)
	}
	if s.asJSON {
		return s.report(append(generated.problems, locked.problems...), stdout, stderr)
	}
	return max(generated.print(stdout, stderr), locked.print(stdout, stderr))
}

// stale finds the files that are not as they should be.
func stale(dir string, files []model.File, summary, hint string) (finding, error) {
	changed, err := output.Stale(files)
	if err != nil || len(changed) == 0 {
		return finding{}, err
	}
	f := finding{summary: fmt.Sprintf("%s (%s)", summary, hint)}
	for _, file := range changed {
		pos := token.Position{Filename: diagnostic.Relative(dir, file.Path)}
		if file.Content == nil && filepath.Base(file.Path) == model.FileName {
			f.gone.Addf(pos, hint+", or check with the flags that actorgen was given", "file belongs to no package any more")
		} else {
			f.problems.Addf(pos, hint, "file is stale")
		}
	}
	f.problems = append(f.problems, f.gone...)
	f.diff, err = output.Diff(dir, files)
	return f, err
}

// print shows a finding to a person and returns the exit code.
func (f finding) print(stdout, stderr io.Writer) int {
	if len(f.problems) == 0 {
		return exitDone
	}
	if f.diff != "" {
		fmt.Fprint(stdout, f.diff)
		printText(stderr, f.gone)
	} else {
		printText(stderr, f.problems)
	}
	if f.summary != "" {
		fmt.Fprintf(stderr, "actorgen: %s\n", f.summary)
	}
	return exitFound
}
