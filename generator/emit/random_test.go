package emit_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/generator/model"
)

// TestRandomSignatures generates, compiles and round-trips signatures that
// nobody thought of. The seed is fixed: a failure can be looked at again.
func TestRandomSignatures(t *testing.T) {
	const name, actors, seed = "random", 40, 2
	signatures := randomTypes{rand: rand.New(rand.NewPCG(seed, seed))}
	var functions, checks strings.Builder
	for i := range actors {
		fmt.Fprintf(&functions, "//actor:task\nfunc f%d(ctx context.Context", i)
		var first string
		for p := range 1 + signatures.rand.IntN(4) {
			expression := signatures.expression(3)
			first = cmp.Or(first, expression)
			fmt.Fprintf(&functions, ", p%d %s", p, expression)
		}
		fmt.Fprintf(&functions, ") (%s, error) { return p0, nil }\n\n", first)
		fmt.Fprintf(&checks, "\troundtrip.RandomCall(t, %q, random.F%d.Via(client).Call)\n", fmt.Sprint("f", i), i)
		fmt.Fprintf(&checks, "\troundtrip.Random(t, %q, random.F%d.Message, random.F%d.Args)\n", fmt.Sprint("f", i), i, i)
	}
	source := "package random\n\nimport \"context\"\n\n" + functions.String() + signatures.declared.String()

	dir := t.TempDir()
	writeModule(t, dir)
	write(t, filepath.Join(dir, name, "tasks.go"), []byte(source))
	write(t, filepath.Join(dir, name, model.FileName), generate(t, dir)[name])
	write(t, filepath.Join(dir, "checks", "checks_test.go"), []byte(
		"package checks\n\nimport (\n\t\"testing\"\n\n\t\""+module+"/"+name+"\"\n\t\""+module+"/roundtrip\"\n)\n\nfunc Test(t *testing.T) {\n\tclient := roundtrip.Serve(t, random.Actors())\n"+checks.String()+"}\n"))
	goTool(t, dir, "vet", "./...")
	goTool(t, dir, "test", "-timeout=60s", "./checks")
	if t.Failed() {
		t.Logf("the source is\n%s", source)
	}
}

// randomTypes writes random types, and declares those that have a name.
type randomTypes struct {
	rand     *rand.Rand
	declared strings.Builder
	count    int
}

var basicTypes = []string{
	"bool", "string", "[]byte", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64",
	"float32", "float64", "[3]byte", "rune",
}

func (r *randomTypes) basic() string { return basicTypes[r.rand.IntN(len(basicTypes))] }

// expression returns a type that nests at most depth levels.
func (r *randomTypes) expression(depth int) string {
	if depth == 0 {
		return r.basic()
	}
	depth--
	switch r.rand.IntN(8) {
	case 0:
		return "[]" + r.expression(depth)
	case 1:
		return fmt.Sprintf("[%d]%s", r.rand.IntN(4), r.expression(depth))
	case 2:
		key := []string{"string", "int", "int8", "uint16", "uint64"}[r.rand.IntN(5)]
		return "map[" + key + "]" + r.expression(depth)
	case 3:
		return "*" + r.structure(depth) // a pointer to a pointer may lose a nil
	case 4:
		return r.structure(depth)
	case 5:
		return r.name(r.expression(depth))
	}
	return r.basic()
}

// structure declares a struct and returns its name.
func (r *randomTypes) structure(depth int) string {
	var fields strings.Builder
	for i := range r.rand.IntN(4) {
		fmt.Fprintf(&fields, "\tF%d %s", i, r.expression(depth))
		if r.rand.IntN(3) == 0 {
			fmt.Fprintf(&fields, " `msgpack:\"f%d\"`", i)
		}
		fields.WriteString("\n")
	}
	return r.name("struct {\n" + fields.String() + "}")
}

// name declares a name for a type.
func (r *randomTypes) name(of string) string {
	r.count++
	fmt.Fprintf(&r.declared, "type T%d %s\n\n", r.count, of)
	return fmt.Sprint("T", r.count)
}
