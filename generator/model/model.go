// Package model holds what the generator knows of a module once its source is
// read and found valid: the arrow from analysis to emission. Its types refer to
// go/types, never to syntax. Of the names in the output it decides those that
// users see, because analysis and emission must agree on them.
package model

import (
	"go/token"
	"go/types"

	"github.com/actorgen/actorgen/generator/shape"
)

// Package is one package with annotated functions.
type Package struct {
	Place
	// Types is the package, checked without function bodies.
	Types *types.Package
	// Stubs is where the stubs are, if they have a package of their own; else
	// nil.
	Stubs *Place
	// Actors are sorted by Var.
	Actors []*Actor
	// Receivers are those of the methods among them, sorted by Name: the
	// parameters of the table function.
	Receivers []*Receiver
}

// Place is a package that a generated file belongs to.
type Place struct {
	// Path is the import path, Name the package name, Dir the directory.
	Path string
	Name string
	Dir  string
	// Declared holds every identifier that files of the package (the
	// generated one left out) declare at package scope: its tests and what
	// other builds read of it included.
	Declared map[string]bool
	// Imported holds the names of the imports in these files: no file of the
	// package may declare them, but each may import something else by them.
	Imported map[string]bool
	// Shared says that there are such files beside tests.
	Shared bool
}

// Actor is one annotated function.
type Actor struct {
	// Pos is where the directive stands.
	Pos token.Position
	// Doc is the function's doc comment without directives.
	Doc string
	// Func is the name of the function or method.
	Func string
	// Receiver is the type the method is called on, taken as a pointer where
	// any annotated method has a pointer receiver; nil for a function.
	Receiver types.Type
	// Var is the name of the stub.
	Var string
	// Name is the name on the wire.
	Name string
	// Broker is empty where the source does not name one.
	Broker string
	// Queue is the queue's name and what a queue directive says of it.
	Queue Queue
	// Settings are the options that the source sets, annotation before
	// package defaults, in the order of the option table.
	Settings []Setting
	// Params are the parameters after the context.
	Params []Param
	// Variadic says that the last parameter is; its Type is then the slice.
	Variadic bool
	// Result is how T travels, of a function that returns (T, error), else nil.
	Result *shape.Shape
	// ResultPos is where its type stands.
	ResultPos token.Position
	// Err says that the function returns an error.
	Err bool
}

// Param is one parameter: a type, and how it travels.
type Param struct {
	// Pos is where its type stands.
	Pos token.Position
	// Name is the name in the source, which is the key on the wire.
	Name string
	*shape.Shape
}

// Queue is a queue with the options that a queue directive sets.
type Queue struct {
	Name string
	// Pos is where a directive first describes it, or where the actor stands.
	Pos      token.Position
	Settings []Setting
}

// Setting is one option that the source sets: a field of one of the policy
// structs of package actor.
type Setting struct {
	// Key is the key in the annotation.
	Key string
	// Struct and Field name the field of package actor that takes the value:
	// "Publish", "Work" (of Definition, pointer fields) or "Queue" (plain
	// fields).
	Struct string
	Field  string
	// Value is a bool, an int, a time.Duration, or an option.Const.
	Value any
	// Text is the value as the annotation writes it.
	Text string
}

// File is one output of the generator.
type File struct {
	// Path is where the file belongs.
	Path string
	// Header is a line that every such file has if the generator wrote it.
	// Defaults to Header.
	Header string
	// Content is the whole file. Nil means that the file must not exist.
	Content []byte
}
