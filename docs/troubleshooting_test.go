package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const troubleshooting = "troubleshooting.md"

var (
	logBlock  = regexp.MustCompile("(?s)```log\n(.*?)```")
	logLine   = regexp.MustCompile(`^level=(\w+) msg=("(?:[^"\\]|\\.)*"|\S+)(.*)$`)
	attribute = regexp.MustCompile(` (\w+)=("(?:[^"\\]|\\.)*"|\S+)`)
	quoted    = regexp.MustCompile(`"[^"]*"`)
)

// TestQuotedLines: every line of a log, and every text of an error, that the page
// shows is one that the runtime prints: text, level and attributes.
func TestQuotedLines(t *testing.T) {
	page, err := os.ReadFile(troubleshooting)
	if err != nil {
		t.Fatal(err)
	}
	said := runtimeTexts(t)
	count := 0
	for _, block := range logBlock.FindAllStringSubmatch(string(page), -1) {
		for line := range strings.Lines(block[1]) {
			line = strings.TrimSpace(line)
			count++
			parts := logLine.FindStringSubmatch(line)
			if parts == nil {
				said.check(t, line)
				continue
			}
			message := unquote(parts[2])
			said.check(t, message)
			if level := said.levels[message]; level != "" && level != parts[1] {
				t.Errorf("%s: got level %s for %q, want %s", troubleshooting, parts[1], message, level)
			}
			for _, a := range attribute.FindAllStringSubmatch(parts[3], -1) {
				if !slices.Contains(said.literals, a[1]) {
					t.Errorf("%s: got attribute %q, which no line has", troubleshooting, a[1])
				}
				if a[1] == "error" || a[1] == "outcome" {
					said.check(t, unquote(a[2]))
				}
			}
		}
	}
	if count < 25 {
		t.Errorf("%s: got %d lines, want all of them", troubleshooting, count)
	}
}

// texts are what the runtime can say: the literals of its code, cut at ": ", with …
// for what is filled in, and the levels of log lines.
type texts struct {
	literals []string
	levels   map[string]string
}

// check finds each part of a line, between ": ", in one literal.
func (s *texts) check(t *testing.T, line string) {
	t.Helper()
	for part := range strings.SplitSeq(quoted.ReplaceAllString(line, "…"), ": ") {
		if len(strings.Trim(part, "… ")) < 4 {
			continue // nothing but what was filled in
		}
		form := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(part), "…", ".*") + "$")
		if !slices.ContainsFunc(s.literals, form.MatchString) {
			t.Errorf("%s: nothing in the runtime says %q", troubleshooting, part)
		}
	}
}

func unquote(text string) string {
	if plain, err := strconv.Unquote(text); err == nil {
		return plain
	}
	return text
}

// runtimeTexts reads the literals of the packages that log and return errors.
func runtimeTexts(t *testing.T) *texts {
	t.Helper()
	said := &texts{levels: make(map[string]string)}
	err := filepath.WalkDir("../runtime", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && len(call.Args) > 0 {
				said.noteLevel(call)
			}
			if e, ok := n.(ast.Expr); ok {
				if text, ok := literal(e); ok {
					said.literals = append(said.literals, strings.Split(verb.ReplaceAllString(text, "…"), ": ")...)
					return false
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return said
}

func (s *texts) noteLevel(call *ast.CallExpr) {
	method, ok := call.Fun.(*ast.SelectorExpr)
	text, plain := literal(call.Args[0])
	if ok && plain && slices.Contains([]string{"Debug", "Info", "Warn", "Error"}, method.Sel.Name) {
		s.levels[text] = strings.ToUpper(method.Sel.Name)
	}
}

// literal returns the value of a string that is written in one or several pieces.
func literal(e ast.Expr) (text string, ok bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.BinaryExpr:
		left, ok := literal(e.X)
		right, also := literal(e.Y)
		return left + right, ok && also && e.Op == token.ADD
	}
	return "", false
}
