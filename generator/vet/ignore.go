package vet

import (
	"bytes"
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/actorgen/actorgen/generator/directive"
)

// ignore is one directive that keeps a mistake from being reported.
type ignore struct {
	pos  token.Pos
	file *token.File
	line int
	// alone says that it has a line of its own, so that it is about the next.
	alone bool
	used  bool
}

// readIgnores finds the directives of the package.
func (c *checker) readIgnores() {
	for _, syntax := range c.Files {
		if !c.hasIgnore(syntax) || c.isGenerated(syntax) {
			continue
		}
		file := c.Fset.File(syntax.FileStart)
		content, err := c.ReadFile(file.Name())
		scanned := directive.Scan(c.Fset, syntax)
		for _, d := range scanned.Ignores {
			i := &ignore{pos: d.Pos, file: file, line: file.PositionFor(d.Pos, false).Line}
			if offset := file.Offset(d.Pos); err == nil && offset <= len(content) {
				i.alone = len(bytes.TrimSpace(content[bytes.LastIndexByte(content[:offset], '\n')+1:offset])) == 0
			}
			c.ignores = append(c.ignores, i)
		}
	}
}

func (c *checker) hasIgnore(file *ast.File) bool {
	for _, group := range file.Comments {
		for _, comment := range group.List {
			if d, ok := ast.ParseDirective(comment.Slash, comment.Text); ok && d.Tool == "actor" && d.Name == string(directive.Ignore) {
				return true
			}
		}
	}
	return false
}

// ignored reports whether a directive is about a call: one on the line at which
// it, or its statement, begins, or alone on the line above.
func (c *checker) ignored(call inspector.Cursor) bool {
	found := false
	for _, pos := range []token.Pos{call.Node().Pos(), statement(call).Node().Pos()} {
		file := c.Fset.File(pos)
		line := file.PositionFor(pos, false).Line
		for _, i := range c.ignores {
			if i.file == file && (i.line == line || i.alone && i.line == line-1) {
				i.used, found = true, true
			}
		}
	}
	return found
}

// statement returns the innermost statement or declaration around a call.
func statement(call inspector.Cursor) inspector.Cursor {
	for at := range call.Enclosing() {
		switch at.Node().(type) {
		case ast.Stmt, ast.Decl:
			return at
		}
	}
	return call
}

// unusedIgnores reports the directives that no mistake belongs to any more.
func (c *checker) unusedIgnores() {
	if len(c.TypeErrors) > 0 {
		return // what is not understood is not seen
	}
	for _, i := range c.ignores {
		if !i.used {
			c.Report(analysis.Diagnostic{Pos: i.pos, Message: "//actor:ignore ignores nothing (remove it)"})
		}
	}
}
