package vet

import (
	"cmp"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	actoranalysis "github.com/actorgen/actorgen/generator/analysis"
	"github.com/actorgen/actorgen/generator/diagnostic"
	"github.com/actorgen/actorgen/generator/directive"
	"github.com/actorgen/actorgen/generator/load"
)

// source runs the front half of the generator on the package, reports what it
// says unless silent, and exports facts about the actors it finds.
func (c *checker) source(silent bool) {
	if !c.mentions() {
		return
	}
	module := load.Part(c.Fset, load.Checked{
		Module:  c.modulePath(),
		Path:    importPath(c.Pkg),
		Dir:     c.dir(),
		Files:   c.Files,
		Ignored: c.IgnoredFiles,
		Types:   c.Pkg,
		Defs:    c.TypesInfo.Defs,
	})
	analysed := actoranalysis.Syntax(module)
	broken := load.Concerning(analysed.Roots(), c.TypeErrors)
	packages := analysed.Types(broken)
	if !silent {
		c.reportSource(analysed.Diagnostics, broken)
	}
	for _, p := range packages {
		c.exportFacts(p)
	}
}

// mentions is the cheap test that spares most packages from being analysed.
func (c *checker) mentions() bool {
	for _, file := range c.Files {
		for _, group := range file.Comments {
			for _, comment := range group.List {
				if directive.Mentioned([]byte(comment.Text)) {
					return true
				}
			}
		}
	}
	return c.Module != nil && len(c.IgnoredFiles) > 0 // which the standard library has many of
}

// reportSource reports the diagnostics of the generator at their places, without
// the errors of the compiler, which the driver reports.
func (c *checker) reportSource(list diagnostic.List, compiler []types.Error) {
	var found []analysis.Diagnostic
	for _, d := range list {
		pos := c.pos(d.Pos)
		if slices.ContainsFunc(compiler, func(err types.Error) bool { return err.Pos == pos && err.Msg == d.Message }) {
			continue
		}
		found = append(found, analysis.Diagnostic{Pos: pos, Message: message(d)})
	}
	slices.SortFunc(found, func(a, b analysis.Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Pos, b.Pos), strings.Compare(a.Message, b.Message))
	})
	found = slices.CompactFunc(found, func(a, b analysis.Diagnostic) bool { return a.Pos == b.Pos && a.Message == b.Message })
	for _, d := range found {
		c.Report(d)
	}
}

// message is the text of a diagnostic without its position.
func message(d diagnostic.Diagnostic) string {
	d.Pos = token.Position{}
	return d.String()
}

// pos finds the place of an unadjusted position again.
func (c *checker) pos(at token.Position) token.Pos {
	pos := c.Files[0].FileStart
	c.Fset.Iterate(func(file *token.File) bool {
		if file.Name() != at.Filename || at.Offset > file.Size() {
			return true
		}
		pos = file.Pos(at.Offset)
		return !c.has(pos) // two packages may have read one file
	})
	return pos
}

func (c *checker) has(pos token.Pos) bool {
	for _, file := range c.Files {
		if file.FileStart <= pos && pos <= file.FileEnd {
			return true
		}
	}
	return false
}

// dir is where the files of the package stand: those that cgo writes stand
// elsewhere, and say whence they come.
func (c *checker) dir() string {
	for _, file := range c.Files {
		if name := c.Fset.Position(file.Package).Filename; name != "" && !strings.HasPrefix(filepath.Base(name), "_cgo_") {
			return filepath.Dir(name)
		}
	}
	return ""
}

func (c *checker) modulePath() string {
	if c.Module == nil {
		return ""
	}
	return c.Module.Path
}

// importPath leaves out what go vet adds to the path of a package with its tests.
func importPath(p *types.Package) string {
	path, _, _ := strings.Cut(p.Path(), " ")
	return path
}
