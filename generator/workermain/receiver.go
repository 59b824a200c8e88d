package workermain

import "github.com/actorgen/actorgen/generator/model"

// receiver is a variable for what a constructor makes.
type receiver struct {
	// Var is its name, Type what its package calls its type, Call what makes it.
	Var, Type, Call string
	// Err says that the call may fail.
	Err bool
	// Close is the function that releases it, or empty.
	Close string
	// Apart says that an empty line goes before it: all but those of one line
	// behind each other.
	Apart bool
}

func (v *receiver) isLong() bool { return v.Err || v.Close != "" }

// newReceiver writes what makes a receiver of p, which is imported as pkg, and
// what releases it. The package context is imported as ctx.
func newReceiver(name string, p *model.Package, pkg, ctx string, r *model.Receiver) *receiver {
	arguments := "()"
	if r.New.Context {
		arguments = "(" + contextVar + ")"
	}
	return &receiver{
		Var:   name,
		Type:  p.Name + "." + r.Name,
		Call:  pkg + "." + r.New.Func + arguments,
		Err:   r.New.Err,
		Close: closing(name, ctx, r.New),
	}
}

// argument is what the table function is given.
func (v *receiver) argument(r *model.Receiver) string {
	switch {
	case r.IsPointer() && !r.New.Pointer:
		return "&" + v.Var
	case !r.IsPointer() && r.New.Pointer:
		return "*" + v.Var
	}
	return v.Var
}

// closing writes the function that closes a receiver. A method value would keep
// the receiver as it is when it is made, where the method takes it by value.
func closing(name, ctx string, c *model.Constructor) string {
	if c.Close == nil {
		return ""
	}
	signature := c.Close.Signature()
	if model.IsPointer(signature.Recv().Type()) {
		return name + ".Close"
	}
	params, argument := "", ""
	if signature.Params().Len() > 0 {
		params, argument = contextVar+" "+ctx+".Context", contextVar
	}
	call := name + ".Close(" + argument + ")"
	if signature.Results().Len() > 0 {
		return "func(" + params + ") error { return " + call + " }"
	}
	return "func(" + params + ") { " + call + " }"
}
