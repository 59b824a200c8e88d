package directive

import (
	"go/ast"
	"go/build/constraint"
	"go/token"
	"slices"
	"strings"
)

// Scan reads the directives of a file that was parsed with its comments.
func Scan(fset *token.FileSet, file *ast.File) File {
	result := File{Funcs: make(map[*ast.FuncDecl][]Directive)}
	places := attach(file)
	for _, group := range file.Comments {
		place, ok := places[group]
		if !ok {
			place.inside = enclosing(file, group.Pos())
		}
		for _, comment := range group.List {
			d, problems := parse(comment.Slash, comment.Text, place.fn != nil)
			result.Problems = append(result.Problems, problems...)
			if d != nil {
				result.add(*d, place, func() string { return detachedHint(fset, file, *d, comment) })
			}
		}
	}
	return result
}

// place is what a comment group belongs to: the package, a function, or what
// else it documents. The zero place is a comment of its own.
type place struct {
	pkg   bool
	fn    *ast.FuncDecl
	other string
	// inside names the function in whose body a comment of its own stands.
	inside string
}

// add files a directive under the place at which it stands, or reports that it
// cannot stand there.
func (f *File) add(d Directive, at place, detached func() string) {
	refuse := func(message, hint string) {
		f.Misplaced = append(f.Misplaced, Problem{d.Pos, "//actor:" + string(d.Verb) + " " + message, hint})
	}
	switch d.Verb {
	case Ignore:
		f.Ignores = append(f.Ignores, d)
	case Queue:
		if at.fn != nil || at.other != "" {
			refuse("belongs to the package, not to a declaration", "set it apart by an empty line, or write //actor:task queue="+d.Name+" to choose the queue")
			return
		}
		if at.inside != "" {
			refuse("stands inside of "+at.inside, "move it out of the function")
			return
		}
		f.Queues = append(f.Queues, d)
	case Defaults:
		if !at.pkg {
			refuse("must stand in the package's doc comment", detached())
			return
		}
		f.Defaults = append(f.Defaults, d)
	default:
		switch {
		case at.fn != nil:
			f.Funcs[at.fn] = append(f.Funcs[at.fn], d)
		case at.pkg:
			refuse("stands on the package", "put it in the doc comment of "+owner(d.Verb))
		case at.other != "":
			refuse("stands on "+at.other, "put it in the doc comment of "+owner(d.Verb))
		case at.inside != "":
			refuse("stands inside of "+at.inside, "move it into the doc comment above")
		default:
			refuse("belongs to no function", detached())
		}
	}
}

// attach finds out what each comment group of the file belongs to.
func attach(file *ast.File) map[*ast.CommentGroup]place {
	places := make(map[*ast.CommentGroup]place)
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.File:
			places[n.Doc] = place{pkg: true}
		case *ast.FuncDecl:
			places[n.Doc] = place{fn: n}
		case *ast.GenDecl:
			article := "a "
			if n.Tok == token.IMPORT {
				article = "an "
			}
			places[n.Doc] = place{other: article + n.Tok.String() + " declaration"}
		case *ast.TypeSpec:
			places[n.Doc], places[n.Comment] = place{other: "a type"}, place{other: "a type"}
		case *ast.ValueSpec:
			places[n.Doc], places[n.Comment] = place{other: "a variable"}, place{other: "a variable"}
		case *ast.ImportSpec:
			places[n.Doc], places[n.Comment] = place{other: "an import"}, place{other: "an import"}
		case *ast.Field:
			places[n.Doc], places[n.Comment] = place{other: "a field"}, place{other: "a field"}
		}
		return true
	})
	delete(places, nil)
	return places
}

// detachedHint says why a comment of its own is not the doc comment of what it
// seems to be meant for.
func detachedHint(fset *token.FileSet, file *ast.File, d Directive, comment *ast.Comment) string {
	if d.Verb == Defaults {
		if comment.Slash < file.Package {
			return "remove the empty line between it and the package clause"
		}
		return "move it above the package clause"
	}
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		if comment.Slash < fn.Pos() && nothingBetween(file, comment.End(), fn.Pos()) {
			if fset.Position(fn.Pos()).Line-fset.Position(comment.End()).Line > 1 {
				return "remove the empty line between it and func " + fn.Name.Name
			}
		}
	}
	return "put it in the doc comment of " + owner(d.Verb)
}

// owner is what a directive that belongs to a function belongs to.
func owner(verb Verb) string {
	if verb == New {
		return "the constructor"
	}
	return "a function"
}

// enclosing returns the name of the function around a position, if any.
func enclosing(file *ast.File, pos token.Pos) string {
	for _, decl := range file.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Pos() <= pos && pos < fn.End() {
			return fn.Name.Name
		}
	}
	return ""
}

func nothingBetween(file *ast.File, from, to token.Pos) bool {
	for _, decl := range file.Decls {
		if from <= decl.Pos() && decl.Pos() < to {
			return false
		}
	}
	return true
}

// Doc returns the text of a doc comment without its directives, as go doc
// would show it. Old build constraints go as well: gofmt would make them those of
// the file that the text is copied to.
func Doc(group *ast.CommentGroup) string {
	lines := slices.DeleteFunc(strings.Split(group.Text(), "\n"), func(line string) bool {
		return constraint.IsPlusBuild("//" + line)
	})
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
