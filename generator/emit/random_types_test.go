package emit_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

var (
	randomBasics = strings.Fields(`bool string []byte int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64
		float32 float64 [3]byte rune byte [0]string struct{}`)
	randomKeys = strings.Fields("string int int8 uint16 uint64 rune byte")
)

// expression returns a type, as package p writes it, that nests at most depth
// levels.
func (r *randomSource) expression(p *randomPackage, depth int) string {
	if depth == 0 {
		return r.basic()
	}
	depth--
	switch r.rand.IntN(14) {
	case 0:
		return "[]" + r.expression(p, depth)
	case 1:
		return fmt.Sprintf("[%d]%s", r.rand.IntN(4), r.expression(p, depth))
	case 2:
		return "map[" + r.key(p) + "]" + r.expression(p, depth)
	case 3:
		return "*" + r.value(p, depth)
	case 4, 5:
		return r.structure(p, depth)
	case 6:
		return r.named(p, depth, false, func(in *randomPackage) string { return r.value(in, depth) })
	case 7:
		return r.named(p, depth, false, func(in *randomPackage) string { return "= " + r.value(in, depth) })
	case 8:
		return r.instance(p, depth)
	case 9:
		return r.marshaller(p)
	case 10:
		return "struct {\n" + r.fields(p, depth) + "}"
	case 11, 12:
		return r.known(p, func(t randomType) bool { return t.depth <= depth })
	}
	return r.basic()
}

func (r *randomSource) basic() string {
	if r.chance(12) {
		r.uses["time"] = "clock"
		return r.pick("clock.Duration", "clock.Month")
	}
	return r.pick(randomBasics...)
}

// value is expression without pointers: one to a pointer may lose a nil.
func (r *randomSource) value(p *randomPackage, depth int) string {
	for {
		uses := maps.Clone(r.uses)
		if e := r.expression(p, depth); e[0] != '*' {
			return e
		}
		r.uses = uses // without those of what is thrown away
	}
}

func (r *randomSource) key(p *randomPackage) string {
	if r.chance(3) {
		return r.known(p, func(t randomType) bool { return t.isKey })
	}
	if r.chance(4) {
		return r.named(p, 0, true, func(*randomPackage) string { return r.pick(randomKeys...) })
	}
	return r.pick(randomKeys...)
}

// known returns a type that was declared before and that p can import, or a
// basic one that will do everywhere.
func (r *randomSource) known(p *randomPackage, will func(randomType) bool) string {
	var names []string
	for _, t := range r.types {
		if will(t) && (t.in == p || t.in.index < p.index) {
			names = append(names, t.name+" "+fmt.Sprint(t.in.index))
		}
	}
	if names == nil {
		return "string"
	}
	name, index, _ := strings.Cut(r.pick(names...), " ")
	return r.qualified(p, r.packages[index[0]-'0'], name)
}

// qualified writes the name of a type of one package in another.
func (r *randomSource) qualified(p, of *randomPackage, name string) string {
	if p == of {
		return name
	}
	qualifier := fmt.Sprint("q", of.index)
	r.uses[of.path] = qualifier
	return qualifier + "." + name
}

// named declares a type in p, or in a package that p imports, and returns how p
// writes it.
func (r *randomSource) named(p *randomPackage, depth int, isKey bool, of func(in *randomPackage) string) string {
	in := r.packages[r.rand.IntN(p.index+1)]
	letter := "T"
	if in == r.home() && r.chance(4) {
		letter = "t"
	}
	var name string
	r.declare(in, func() string {
		text := of(in)
		name = fmt.Sprint(letter, len(r.types)+1)
		r.types = append(r.types, randomType{name, in, depth, isKey})
		return "type " + name + " " + text + "\n"
	})
	return r.qualified(p, in, name)
}

// parameter returns the name of a parameter: now and then that of a type which
// the result may be written with.
func (r *randomSource) parameter(name string, taken []string) string {
	if !r.chance(4) {
		return name
	}
	var types []string
	for _, t := range r.types {
		if t.in == r.home() && !slices.Contains(taken, t.name) {
			types = append(types, t.name)
		}
	}
	if types == nil {
		return name
	}
	return types[len(types)-1]
}

func (r *randomSource) structure(p *randomPackage, depth int) string {
	return r.named(p, depth, false, func(in *randomPackage) string {
		return "struct {\n" + r.embedded(in, depth) + r.fields(in, depth) + "}"
	})
}

// embedded returns a field without a name, or nothing.
func (r *randomSource) embedded(p *randomPackage, depth int) string {
	if !r.chance(2) {
		return ""
	}
	name := r.known(p, func(t randomType) bool { return t.depth < depth && t.name[0] == 'T' })
	switch {
	case name == "string":
		return ""
	case r.chance(3):
		name = "*" + name
	}
	return "\t" + name + r.tag("E", false) + "\n"
}

func (r *randomSource) fields(p *randomPackage, depth int) string {
	var fields strings.Builder
	for i := range r.rand.IntN(4) {
		name := fmt.Sprint("F", i)
		if r.chance(8) {
			fmt.Fprintf(&fields, "\t%s [0]complex64 `msgpack:\"-\"`\n", name)
			continue
		}
		expression := r.expression(p, depth)
		canOmit := expression[0] == '*' || strings.HasPrefix(expression, "int") || strings.HasPrefix(expression, "float")
		fmt.Fprintf(&fields, "\t%s %s%s\n", name, expression, r.tag(name, canOmit))
	}
	return fields.String()
}

// tag returns a tag or nothing. What omitempty leaves out of containers comes
// back as nil.
func (r *randomSource) tag(name string, canOmit bool) string {
	switch {
	case canOmit && r.chance(3):
		return " `msgpack:\",omitempty\"`"
	case r.chance(4):
		return fmt.Sprintf(" `json:\"%s\" msgpack:\"%s\"`", name, strings.ToLower(name))
	}
	return ""
}

// instance returns an instance of a generic type.
func (r *randomSource) instance(p *randomPackage, depth int) string {
	name := func(of string) string { return r.qualified(p, r.packages[0], of) }
	argument := r.value(p, depth)
	switch r.rand.IntN(6) {
	case 0:
		return name("Pair") + "[" + r.key(p) + ", " + argument + "]"
	case 1:
		return name("Dict") + "[" + r.pick("string", "int8") + ", " + argument + "]"
	case 2:
		return name("List") + "[" + argument + "]"
	case 3:
		return name("Vector") + "[" + argument + "]"
	case 4:
		return name("Mark") + "[" + argument + "]"
	}
	return name("Box") + "[" + argument + "]"
}

// marshaller declares a type that marshals itself, one way or another.
func (r *randomSource) marshaller(p *randomPackage) string {
	in := r.packages[r.rand.IntN(p.index+1)]
	name := fmt.Sprint("T", len(r.types)+1)
	kind := r.pick("struct{ V string }", "string")
	value := "t.V"
	if kind == "string" {
		value = "*t"
	}
	write, read, receiver := "MarshalBinary", "UnmarshalBinary", r.pick("*", "")
	if r.chance(2) {
		write, read = "MarshalText", "UnmarshalText"
	}
	r.types = append(r.types, randomType{name, in, 0, kind == "string" && receiver == ""})
	r.declare(in, func() string {
		written := strings.TrimPrefix(value, "*")
		if receiver == "*" {
			written = value
		}
		return fmt.Sprintf("type %[1]s %[2]s\n\nfunc (t %[3]s%[1]s) %[4]s() ([]byte, error) { return []byte(%[5]s), nil }\n\n"+
			"func (t *%[1]s) %[6]s(b []byte) error {\n\t%[7]s = %[8]s(b)\n\treturn nil\n}\n",
			name, kind, receiver, write, written, read, value, map[bool]string{true: name, false: "string"}[kind == "string"])
	})
	return r.qualified(p, in, name)
}
