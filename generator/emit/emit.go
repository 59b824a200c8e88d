// Package emit turns the model of a package into the bytes of its generated
// file: the arrow behind analysis. It decides what the code looks like and what
// everything private in it is called; how types travel was decided before.
package emit

import (
	"fmt"

	"github.com/actorgen/actorgen/generator/code"
	"github.com/actorgen/actorgen/generator/model"
)

const (
	actorPath   = "github.com/actorgen/actorgen/runtime/actor"
	handshake   = "RuntimeSupportsGeneratedCodeV1"
	contextPath = "context"
	timePath    = "time"
)

// Package returns the generated file beside the functions of p. Equal models give
// equal bytes.
func Package(p *model.Package) ([]byte, error) { return file(beside(p)) }

// Stubs returns the generated file of p.Stubs.
func Stubs(p *model.Package) ([]byte, error) { return file(apart(p)) }

func file(p part) ([]byte, error) {
	codecs := discover(p)
	names := newNames(p, codecs)
	w := &writer{File: code.NewFile(p.Path, p.Name), part: p, names: names, codecs: codecs}
	w.HeaderComment(model.Header)
	if p.source != nil {
		w.origin()
	}
	names.declareImports(w.File)
	w.handshake()
	for _, a := range p.actors {
		w.actor(a)
	}
	if p.source == nil {
		w.table()
	}
	for _, h := range codecs.helpers {
		if h.use&writes != 0 {
			w.encodeHelper(h)
		}
		if h.use&reads != 0 {
			w.decodeHelper(h)
		}
	}

	source, err := w.Source()
	if err != nil {
		return nil, fmt.Errorf("write package %q: %w", p.Path, err)
	}
	content, err := formatted(source)
	if err != nil {
		return nil, fmt.Errorf("format package %q: %w", p.Path, err)
	}
	return content, nil
}

// writer is a file on its way, with the decisions it is written by.
type writer struct {
	*code.File
	part
	names  *names
	codecs *codecs
}

// origin says whose the stubs are: to readers and, because they may be far away, to
// the next run. A package that has other files, too, describes itself there.
func (w *writer) origin() {
	line := model.StubsOf(w.source.Path)
	if w.Shared {
		w.HeaderComment(line)
		return
	}
	w.PackageComment(fmt.Sprintf("// Package %s holds the stubs of actors, for programs that only send tasks.", w.Name))
	w.PackageComment(line)
}

func (w *writer) handshake() {
	w.Comment("Generator and runtime fit together as long as this constant exists.")
	w.Const().Id("_").Op("=").Qual(actorPath, handshake)
	w.Line()
}

// comment writes lines as line comments; empty ones become paragraphs.
func (w *writer) comment(lines ...string) {
	for _, line := range lines {
		if line == "" {
			w.Comment("")
			continue
		}
		w.Comment(line)
	}
}
