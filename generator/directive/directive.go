// Package directive reads //actor: comments: which there are, where they stand,
// and which comments were meant to be one. It knows the grammar, not the
// meaning of the keys.
package directive

import (
	"go/ast"
	"go/token"
	"slices"
)

// Verb is what follows "//actor:".
type Verb string

// The directives.
const (
	Task     Verb = "task"
	Queue    Verb = "queue"
	Defaults Verb = "defaults"
	New      Verb = "new"
	// Ignore is for actorgen vet: it keeps a call from being reported.
	Ignore Verb = "ignore"
)

// tool is what all directives begin with.
const tool = "actor"

var verbs = []string{string(Task), string(Queue), string(Defaults), string(New), string(Ignore)}

// Directive is one directive comment.
type Directive struct {
	Verb Verb
	Pos  token.Pos
	// Name is the queue of a queue directive.
	Name    string
	NamePos token.Pos
	// Settings are the keys and values, in the order of the source.
	Settings []Setting
}

// Setting is one key=value.
type Setting struct {
	Key   string
	Value string
	// Pos is where the token begins that holds both.
	Pos token.Pos
}

// Problem is a comment, or a part of one, that was meant to be a directive and
// is none.
type Problem struct {
	Pos     token.Pos
	Message string
	// Hint says what to write instead. It may be empty.
	Hint string
}

// File holds the directives of one source file.
type File struct {
	// Funcs are the task and new directives of each function.
	Funcs map[*ast.FuncDecl][]Directive
	// Queues and Defaults belong to the package.
	Queues   []Directive
	Defaults []Directive
	// Ignores may stand anywhere.
	Ignores  []Directive
	Problems []Problem
	// Misplaced are directives that stand where they mean nothing. After a
	// syntax error that may be the parser's fault.
	Misplaced []Problem
}

// All returns the directives of the file that generated code follows from, in
// no order.
func (f *File) All() []Directive {
	all := slices.Concat(f.Queues, f.Defaults)
	for _, list := range f.Funcs {
		all = append(all, list...)
	}
	return all
}
