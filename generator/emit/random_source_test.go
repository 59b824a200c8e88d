package emit_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// randomSource is a module of random actors: one package has them, the others
// declare types for it.
type randomSource struct {
	rand     *rand.Rand
	packages []*randomPackage // each imports those before it; the last has the actors
	types    []randomType
	actors   int
	checks   strings.Builder
	// uses are the imports of the declaration that is being written.
	uses map[string]string
}

type randomPackage struct {
	path, name string
	index      int
	decls      []randomDecl
}

// randomDecl is a declaration with its imports, their names by path.
type randomDecl struct {
	text    string
	imports map[string]string
}

// randomType is a declared type that others may be made of.
type randomType struct {
	name string
	in   *randomPackage
	// depth is how deep it nests.
	depth int
	// isKey says that maps can be keyed by it.
	isKey bool
}

func newRandomSource(seed uint64, home string) *randomSource {
	r := &randomSource{rand: rand.New(rand.NewPCG(seed, seed))}
	for i, name := range []string{"model", "model", r.pick("time", "actor", "context", "msgpack", "string"), "random"} {
		path := home
		if name != "random" {
			path = fmt.Sprintf("%s/p%d/%s", home, i, r.pick(name, "impl", "go-"+name))
		}
		r.packages = append(r.packages, &randomPackage{path: path, name: name, index: i})
	}
	generic := r.packages[0]
	generic.decls = append(generic.decls, randomDecl{text: randomGeneric})
	r.home().decls = append(r.home().decls, randomDecl{text: randomDeclared, imports: map[string]string{"context": "context"}})
	return r
}

func (r *randomSource) home() *randomPackage { return r.packages[len(r.packages)-1] }

func (r *randomSource) pick(of ...string) string { return of[r.rand.IntN(len(of))] }

// chance is true once in n times.
func (r *randomSource) chance(n int) bool { return r.rand.IntN(n) == 0 }

// actor declares an annotated function or method, and checks what it carries.
func (r *randomSource) actor() {
	r.actors++
	function, stub := fmt.Sprint("f", r.actors), fmt.Sprint("F", r.actors)
	receiver := ""
	if r.chance(4) {
		kind := r.pick("Value", "*Pointer", "Both", "*Both")
		receiver, stub = "(r_ "+kind+") ", strings.Trim(kind, "*")+stub
	}
	r.declare(r.home(), func() string {
		r.uses["context"] = "std"
		var params strings.Builder
		names := randomParameterNames(r.rand, 1+r.rand.IntN(4))
		result := ""
		for i := range names {
			expression := r.expression(r.home(), 3)
			names[i] = r.parameter(names[i], names)
			if i == 0 {
				result = expression
			}
			if i == len(names)-1 && r.chance(4) {
				if i == 0 {
					result = "[]" + expression
				}
				expression = "..." + expression
			}
			fmt.Fprintf(&params, ", %s %s", names[i], expression)
		}
		results, body := "", ""
		switch r.rand.IntN(4) {
		case 0:
		case 1:
			results, body = "(e_ error)", " return "
		default:
			results, body = "(r0_ "+result+", e_ error)", fmt.Sprintf("\n\tr0_ = %s\n\treturn\n", names[0])
			fmt.Fprintf(&r.checks, "\troundtrip.RandomCall(t, %q, random.%s.Message, random.%s.Via(client).Call)\n", function, stub, stub)
		}
		fmt.Fprintf(&r.checks, "\troundtrip.Random(t, %q, random.%s.Message, random.%s.Args)\n", function, stub, stub)
		return fmt.Sprintf("//actor:task max-retries=%d\nfunc %s%s(_ std.Context%s) %s {%s}\n", r.actors, receiver, function, &params, results, body)
	})
}

// declare writes a declaration into a package and notes what it imports.
func (r *randomSource) declare(in *randomPackage, text func() string) {
	outer := r.uses
	r.uses = make(map[string]string)
	written := text()
	in.decls = append(in.decls, randomDecl{written, r.uses})
	r.uses = outer
}

// shuffle changes the order of the declarations with actors.
func (r *randomSource) shuffle() {
	home := r.home()
	r.rand.Shuffle(len(home.decls), func(i, j int) { home.decls[i], home.decls[j] = home.decls[j], home.decls[i] })
}

// write writes the packages, each spread over three files.
func (r *randomSource) write(t *testing.T, dir string) {
	t.Helper()
	for _, p := range r.packages {
		to := filepath.Join(dir, filepath.FromSlash(strings.TrimPrefix(p.path, module+"/")))
		n := len(p.decls)
		for i, file := range []string{"a.go", "m.go", "z.go"} {
			write(t, filepath.Join(to, file), []byte(p.file(p.decls[n*i/3:n*(i+1)/3])))
		}
	}
}

func (p *randomPackage) file(decls []randomDecl) string {
	imports := make(map[string]string)
	var text strings.Builder
	for _, d := range decls {
		for path, name := range d.imports {
			imports[name] = path // of one path under two names, both are needed
		}
		text.WriteString("\n" + d.text)
	}
	var head strings.Builder
	fmt.Fprintf(&head, "package %s\n\n", p.name)
	for _, name := range slices.Sorted(maps.Keys(imports)) {
		fmt.Fprintf(&head, "import %s %q\n", name, imports[name])
	}
	return head.String() + text.String()
}

func (r *randomSource) String() string {
	var b strings.Builder
	for _, p := range r.packages {
		fmt.Fprintf(&b, "// %s\n%s\n", p.path, p.file(p.decls))
	}
	return b.String()
}
