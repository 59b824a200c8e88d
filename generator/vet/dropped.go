package vet

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"
)

// dropped reports a call whose error goes nowhere. Assigning it to the blank
// identifier is a decision, and is let alone.
func (c *checker) dropped(at inspector.Cursor) {
	call := at.Node().(*ast.CallExpr)
	s, ok := c.sending(call)
	if !ok {
		return
	}
	parent := at.Parent()
	for _, ok := parent.Node().(*ast.ParenExpr); ok; _, ok = parent.Node().(*ast.ParenExpr) {
		parent = parent.Parent()
	}
	way := ""
	switch parent.Node().(type) {
	case *ast.ExprStmt:
	case *ast.GoStmt:
		way = "go"
	case *ast.DeferStmt:
		way = "defer"
	default:
		return
	}
	if c.ignored(at) {
		return
	}
	d := analysis.Diagnostic{Pos: call.Pos(), End: call.End(), Message: s.complaint(way)}
	if way == "" && s.method != "Message" && s.method != "Call" && returnsOnlyError(c.TypesInfo, parent) {
		d.SuggestedFixes = []analysis.SuggestedFix{{
			Message: "return the error",
			TextEdits: []analysis.TextEdit{
				{Pos: parent.Node().Pos(), End: parent.Node().Pos(), NewText: []byte("if err := ")},
				{Pos: parent.Node().End(), End: parent.Node().End(), NewText: []byte("; err != nil {\nreturn err\n}")},
			},
		}}
	}
	c.Report(d)
}

// complaint says what the dropped error would have told, and what to do.
func (s sending) complaint(way string) string {
	hint := "handle it, or assign it to _ if that is meant"
	if way != "" {
		hint = "write " + way + " func() { … }() around it, and handle it there"
	}
	switch {
	case s.method == "Message":
		return s.text() + " makes a message, which nobody sends here (pass it to client.Publish, or call Send)"
	case s.method == "Call":
		return "result and error of " + s.text() + " are dropped (use Send if nobody waits for them)"
	case s.batch:
		return "error of " + s.text() + " is dropped, which tells the tasks that are not queued (" + hint + ")"
	}
	return "error of " + s.text() + " is dropped, which tells whether the task is queued (" + hint + ")"
}

// returnsOnlyError reports whether the function around a statement has one
// result, an error.
func returnsOnlyError(info *types.Info, statement inspector.Cursor) bool {
	for at := range statement.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		var results *ast.FieldList
		switch fn := at.Node().(type) {
		case *ast.FuncDecl:
			results = fn.Type.Results
		case *ast.FuncLit:
			results = fn.Type.Results
		}
		return results.NumFields() == 1 && info.TypeOf(results.List[0].Type) != nil && isError(info.TypeOf(results.List[0].Type))
	}
	return false
}
