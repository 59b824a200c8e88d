// Package vet is the analyzer for editors and linters: it shows what actorgen
// says of annotated functions, and the mistakes that are made where stubs are
// used. The page docs/vet.md explains its findings.
package vet

import (
	"go/ast"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/actorgen/actorgen/generator/load"
)

const doc = `report mistakes in annotated functions and in the use of their stubs

In packages with //actor: directives it reports what actorgen does, as far as it
can be seen from one package: what several packages contradict each other in is
left to actorgen check. In every package it reports

  - the error of Send, SendWithDelay, Message, Call or Client.Publish dropped,
  - an annotated function called directly, where its stub was meant,
  - Send in a loop over a slice or map, where one Client.Publish would do.

A comment //actor:ignore, with a reason if you like, on the line of a mistake of
the second group, or on the line above, says that it is none.`

// Analyzer reports mistakes in annotated functions and in the use of their
// stubs. It runs under any driver of go/analysis that carries facts from
// package to package; with one that does not, it misses direct calls of
// annotated functions of other packages. Its flag -calls leaves out what
// actorgen itself reports.
var Analyzer = newAnalyzer()

func newAnalyzer() *analysis.Analyzer {
	a := &analysis.Analyzer{
		Name:             "actorgen",
		Doc:              doc,
		URL:              "https://github.com/actorgen/actorgen/blob/main/docs/vet.md",
		Requires:         []*analysis.Analyzer{inspect.Analyzer},
		FactTypes:        []analysis.Fact{new(annotated)},
		RunDespiteErrors: true,
	}
	callsOnly := a.Flags.Bool("calls", false, "report only mistakes in the use of stubs, not those in annotations")
	a.Run = func(pass *analysis.Pass) (any, error) {
		c := &checker{Pass: pass}
		c.source(*callsOnly)
		if c.usesRuntime() {
			c.calls()
		}
		return nil, nil
	}
	return a
}

// checker is the state of one run on one package.
type checker struct {
	*analysis.Pass
	ignores []*ignore
}

// calls reports the mistakes in the use of stubs, and the directives that ignore
// none.
func (c *checker) calls() {
	c.readIgnores()
	root := c.ResultOf[inspect.Analyzer].(*inspector.Inspector).Root()
	for file := range root.Children() {
		syntax := file.Node().(*ast.File)
		if c.isGenerated(syntax) {
			continue
		}
		test := strings.HasSuffix(c.fileName(syntax), "_test.go")
		for call := range file.Preorder((*ast.CallExpr)(nil)) {
			c.dropped(call)
			if !test {
				c.direct(call)
				c.loop(call)
			}
		}
	}
	c.unusedIgnores()
}

// isGenerated reports whether nobody edits a file. What cgo makes of a user's
// file says so of itself first.
func (c *checker) isGenerated(file *ast.File) bool {
	if load.IsTranslated(c.fileName(file)) && len(file.Comments) > 0 {
		users := *file
		users.Comments = file.Comments[1:]
		file = &users
	}
	return ast.IsGenerated(file)
}

func (c *checker) fileName(file *ast.File) string { return c.Fset.File(file.FileStart).Name() }
