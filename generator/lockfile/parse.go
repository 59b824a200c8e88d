package lockfile

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/actorgen/actorgen/generator/diagnostic"
)

// firstLine is what the first line says before the version.
const firstLine = "actors.lock version "

// kinds are the words that lines begin with.
var kinds = []string{"actor", "field", "param", "queue", "result", "struct", "type"}

// parser reads the lines of one file and goes on after every mistake.
type parser struct {
	file     File
	problems diagnostic.List
	// pos is the line that is being read.
	pos token.Position
	// actor or block is what lines that belong to something belong to.
	actor *Actor
	block *Struct

	queues  map[[2]string]*Queue // by name and broker
	actors  map[string]*Actor
	structs map[string]*Struct
	types   map[string]*Definition
	// named are the labels that types refer to.
	named []reference
}

// reference is a name that must be that of something in the file.
type reference struct {
	name string
	pos  token.Position
}

func newParser(name string) *parser {
	return &parser{
		pos:     token.Position{Filename: name},
		queues:  make(map[[2]string]*Queue),
		actors:  make(map[string]*Actor),
		structs: make(map[string]*Struct),
		types:   make(map[string]*Definition),
	}
}

func (p *parser) problem(hint, format string, args ...any) {
	p.problems.Addf(p.pos, hint, format, args...)
}

// text reads the whole file.
func (p *parser) text(text string) {
	lines := strings.Split(text, "\n")
	if p.conflicts(lines) || !p.version(strings.TrimRight(lines[0], "\r")) {
		return // the rest would be reported for the wrong reasons
	}
	for i, line := range lines[1:] {
		p.pos.Line = i + 2
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") {
			p.line(line)
		}
	}
	p.references()
	for _, q := range p.queues {
		p.file.Queues = append(p.file.Queues, *q)
	}
	for _, a := range p.actors {
		p.file.Actors = append(p.file.Actors, *a)
	}
	for _, s := range p.structs {
		p.file.Structs = append(p.file.Structs, *s)
	}
	for _, d := range p.types {
		p.file.Types = append(p.file.Types, *d)
	}
}

// conflicts reports a file that a merge has left in pieces.
func (p *parser) conflicts(lines []string) bool {
	found := false
	for i, line := range lines {
		if strings.HasPrefix(line, "<<<<<<<") || strings.HasPrefix(line, ">>>>>>>") {
			p.pos.Line = i + 1
			p.problem("keep the lines of both sides, or of one, then run actorgen lock", "merge conflict is not resolved")
			found = true
		}
	}
	return found
}

func (p *parser) version(line string) bool {
	p.pos.Line = 1
	text, ok := strings.CutPrefix(line, firstLine)
	if !ok {
		p.problem("move it, or delete it and run actorgen lock", "not a lock of actorgen: its first line would be %q", Header)
		return false
	}
	version, err := strconv.Atoi(text)
	switch {
	case err != nil || version < 1:
		p.problem("", "version %q is not a number", text)
	case version > Version:
		p.problem("update this tool", "version %d is newer than version %d, which this tool reads", version, Version)
	}
	return version == Version
}

// line reads a line that is neither empty nor a comment.
func (p *parser) line(line string) {
	if !utf8.ValidString(line) {
		p.problem("", "line is not valid UTF-8")
		return
	}
	kind, rest := line, ""
	if i := strings.IndexFunc(line, unicode.IsSpace); i >= 0 {
		kind, rest = line[:i], strings.TrimSpace(line[i:])
	}
	switch kind {
	case "queue":
		p.actor, p.block = nil, nil
		p.queueLine(rest)
	case "actor":
		p.actor, p.block = &Actor{Pos: p.pos}, nil
		p.actorLine(rest)
	case "struct":
		p.actor, p.block = nil, &Struct{Pos: p.pos}
		p.structLine(rest)
	case "type":
		p.actor, p.block = nil, nil
		p.typeLine(rest)
	case "param":
		if p.inside(kind, p.actor != nil, "actor") {
			p.actor.Params = p.member(p.actor.Params, "parameter", rest)
		}
	case "result":
		if p.inside(kind, p.actor != nil, "actor") {
			p.resultLine(rest)
		}
	case "field":
		if p.inside(kind, p.block != nil, "struct") {
			p.block.Fields = p.member(p.block.Fields, "field", rest)
		}
	default:
		err := &unknownError{what: "line", word: kind, known: kinds}
		p.problem(err.hint(), "%v", err)
	}
}

func (p *parser) inside(kind string, ok bool, owner string) bool {
	if !ok {
		p.problem("", "%s stands below no %s", kind, owner)
	}
	return ok
}

// words splits the rest of a line into tokens, as a directive is split.
func (p *parser) words(rest string) (words []string, ok bool) {
	d := ast.Directive{Args: rest}
	args, err := d.ParseArgs()
	if err != nil {
		p.problem(`quotes go around a whole token, "key=two words"`, "misplaced quote")
		return nil, false
	}
	for _, arg := range args {
		words = append(words, arg.Arg)
	}
	return words, true
}
