package docs

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/generator"
	"github.com/actorgen/actorgen/generator/option"
)

var update = flag.Bool("update", false, "write the tables of annotations.md")

const annotations = "annotations.md"

// TestOptionTables: the tables of the reference page are the option table.
func TestOptionTables(t *testing.T) {
	got := page(t)
	want := got
	for marker, scope := range map[string]option.Scope{"task": option.Task, "queue": option.Queue} {
		before, rest, ok := strings.Cut(want, "<!-- "+marker+" -->\n")
		_, after, closed := strings.Cut(rest, "<!-- end -->")
		if !ok || !closed {
			t.Fatalf("%s: got no place for the table %q", annotations, marker)
		}
		want = before + "<!-- " + marker + " -->\n" + optionTable(scope) + "<!-- end -->" + after
	}
	if got == want {
		return
	}
	if !*update {
		t.Fatalf("%s is stale (go test ./docs -update)", annotations)
	}
	if err := os.WriteFile(annotations, []byte(want), 0o666); err != nil {
		t.Fatal(err)
	}
}

func page(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(annotations)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func optionTable(scope option.Scope) string {
	var b strings.Builder
	b.WriteString("| key | value | default | meaning | example |\n|---|---|---|---|---|\n")
	for _, o := range option.Table {
		if o.Scope == scope {
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s | `%s=%s` |\n", o.Key, cell(o.Kind.Syntax), cell(o.Default), cell(o.Meaning), o.Key, o.Example)
		}
	}
	return b.String()
}

// cell keeps a text from being taken for a column or for HTML.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", ">", "&gt;", "_", `\_`).Replace(text)
}

// rows returns the cells of the table that begins with a head.
func rows(t *testing.T, head string) [][]string {
	t.Helper()
	_, table, ok := strings.Cut(page(t), head+"\n")
	if !ok {
		t.Fatalf("%s: got no table %q", annotations, head)
	}
	table, _, _ = strings.Cut(table, "\n\n")
	var all [][]string
	for _, line := range strings.Split(strings.TrimSpace(table), "\n")[1:] {
		all = append(all, strings.Split(strings.Trim(line, "| "), " | "))
	}
	return all
}

var code = regexp.MustCompile("`([^`]+)`")

// TestTypes: what the page says of types is what the generator says.
func TestTypes(t *testing.T) {
	var source strings.Builder
	source.WriteString("package shop\n\nimport (\n\t\"context\"\n\t\"net/netip\"\n\t\"sync\"\n\t\"time\"\n\n\t\"github.com/vmihailenco/msgpack/v5\"\n)\n\n" +
		"type T struct{ X int }\n\nvar _ = []any{netip.Addr{}, &sync.Mutex{}, time.Time{}, msgpack.RawMessage{}}\n")
	wants := map[int]string{} // by line
	add := func(typ, want string) {
		typ = strings.ReplaceAll(typ, "net/netip.", "netip.")
		fmt.Fprintf(&source, "\n//actor:task\nfunc f%d(ctx context.Context, x %s) {}\n", len(wants), typ)
		wants[strings.Count(source.String(), "\n")] = want
	}
	for _, row := range rows(t, "| type | on the wire |") {
		for _, typ := range code.FindAllStringSubmatch(row[0], -1) {
			add(typ[1], "")
		}
	}
	for _, row := range rows(t, "| type | because | instead |") {
		add(code.FindStringSubmatch(row[0])[1], row[1])
	}
	if len(wants) < 20 {
		t.Fatalf("got %d types, want all of the page", len(wants))
	}
	for line, found := range problems(t, source.String()) {
		want, ok := wants[line]
		delete(wants, line)
		if !ok || want == "" || !strings.Contains(found, want) {
			t.Errorf("line %d: got %q, want %q", line, found, want)
		}
	}
	for line, want := range wants {
		if want != "" {
			t.Errorf("line %d: got nothing, want %q", line, want)
		}
	}
}

// problems runs the generator over a module of one file and returns what it says,
// by line.
func problems(t *testing.T, source string) map[int]string {
	t.Helper()
	t.Setenv("GOFLAGS", "-mod=mod")
	t.Setenv("GOPROXY", "off")
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile("../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.com/shop\n\ngo 1.26\n\nrequire " + library + " v0.0.0\n\nreplace " + library + " => " + root + "\n",
		"go.sum": string(sums), "shop.go": source,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	result, err := generator.Run(t.Context(), generator.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[int]string)
	for _, d := range result.Diagnostics {
		found[d.Pos.Line] += d.Message
	}
	return found
}

const library = "github.com/actorgen/actorgen"

var verb = regexp.MustCompile(`%[a-z](\.%[a-z])*`)

// TestMessages: every message that the page names is one of the generator.
func TestMessages(t *testing.T) {
	var known []string
	for _, folder := range []string{"analysis", "directive", "shape"} {
		files, err := filepath.Glob("../generator/" + folder + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
					if text, err := strconv.Unquote(literal.Value); err == nil {
						known = append(known, verb.ReplaceAllString(text, "…"))
					}
				}
				return true
			})
		}
	}
	count := 0
	for _, row := range rows(t, "| message | why |") {
		for _, message := range code.FindAllStringSubmatch(row[0], -1) {
			count++
			if !says(known, message[1]) {
				t.Errorf("%s: nothing says %q", annotations, message[1])
			}
		}
	}
	if count < 20 {
		t.Errorf("got %d messages, want all of the page", count)
	}
}

// says reports whether one of the literals holds the message, but for the names
// at its ends.
func says(literals []string, message string) bool {
	message = strings.Trim(message, "… ")
	return slices.ContainsFunc(literals, func(literal string) bool { return strings.Contains(literal, message) })
}
