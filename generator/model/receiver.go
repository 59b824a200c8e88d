package model

import (
	"go/token"
	"go/types"
)

// Receiver is a type with annotated methods: a parameter of the table function.
type Receiver struct {
	// Name is the name of the type.
	Name string
	// Type is what the table function takes: a pointer where any annotated
	// method has a pointer receiver.
	Type types.Type
	// New makes a receiver. It is nil where no function is marked for that.
	New *Constructor
}

// Constructor is a function that is marked with //actor:new.
type Constructor struct {
	// Pos is where the directive stands.
	Pos token.Position
	// Func is the name of the function.
	Func string
	// Context says that it takes one, and nothing else; Err that it returns an
	// error behind the receiver.
	Context, Err bool
	// Pointer says that it returns a pointer to the type.
	Pointer bool
	// Close is the method that releases what it has made, or nil.
	Close *types.Func
}

// IsPointer reports whether the table function takes a pointer to the type.
func (r *Receiver) IsPointer() bool { return IsPointer(r.Type) }

// Result is what a constructor of the receiver would return.
func (r *Receiver) Result() string {
	if r.IsPointer() {
		return "*" + r.Name
	}
	return r.Name
}

// ConstructorName is what a constructor of the receiver would be called.
func (r *Receiver) ConstructorName() string { return "New" + Exported(r.Name) }
