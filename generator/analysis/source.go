package analysis

import (
	"errors"
	"go/scanner"
	"go/token"
	"io/fs"
	"slices"

	"github.com/actorgen/actorgen/generator/directive"
	"github.com/actorgen/actorgen/generator/load"
)

// problems reports what is wrong with the files and directives of a package
// whatever they mean.
func (a *Analysis) problems(p *load.Package) {
	for _, unread := range p.Unread {
		a.partial = true
		a.Diagnostics.Addf(token.Position{Filename: unread.Path}, "", "file cannot be read: %v", cause(unread.Err))
	}
	for _, file := range p.Files {
		a.comments(file)
		if file.Platform != "" {
			a.refuseAll(file, "move it into a file that every build has", "stands in a file that not every build has, by "+file.Platform)
		}
	}
	for _, file := range p.Excluded {
		reason := "stands in a file that this build leaves out"
		if file.Platform != "" {
			reason += ", by " + file.Platform
		}
		a.refuseAll(file, "move it into a file that every build has", reason)
	}
	for _, file := range p.Tests {
		a.refuseAll(file, "move it into a file that workers are built from", "stands in a test file")
	}
}

// comments reports the first syntax error of a file, and what is wrong with its
// directives in themselves.
func (a *Analysis) comments(file *load.File) {
	problems := file.Directives.Problems
	if file.Err != nil {
		a.partial = true
		a.syntaxError(file)
	} else {
		problems = slices.Concat(problems, file.Directives.Misplaced)
	}
	for _, problem := range problems {
		a.addf(problem.Pos, problem.Hint, "%s", problem.Message)
	}
}

// refuseAll reports every directive of a file.
func (a *Analysis) refuseAll(file *load.File, hint, reason string) {
	for _, d := range file.Directives.All() {
		a.refuse(d, hint, reason)
	}
}

func (a *Analysis) refuse(d directive.Directive, hint, reason string) {
	a.addf(d.Pos, hint, "//actor:%s %s", d.Verb, reason)
}

func (a *Analysis) syntaxError(file *load.File) {
	if err := (*scanner.Error)(nil); errors.As(file.Err, &err) {
		a.Diagnostics.Addf(err.Pos, "", "%s", err.Msg)
		return
	}
	a.Diagnostics.Addf(token.Position{Filename: file.Path}, "", "%v", file.Err)
}

// cause leaves the path out of an error: the position says it.
func cause(err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return path.Err
	}
	return err
}
