// Package emit turns the model of a package into the bytes of its generated
// file: the arrow behind analysis. It decides what the code looks like and what
// everything private in it is called; how types travel was decided before.
package emit

import (
	"bytes"
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/actorgen/actorgen/generator/model"
)

const (
	actorPath   = "github.com/actorgen/actorgen/runtime/actor"
	handshake   = "RuntimeSupportsGeneratedCodeV1"
	contextPath = "context"
	timePath    = "time"
)

// Package returns the generated file of p. Equal models give equal bytes.
func Package(p *model.Package) ([]byte, error) {
	codecs := discover(p)
	names := newNames(p, codecs)
	w := &writer{File: jen.NewFilePathName(p.Path, p.Name), names: names, codecs: codecs}
	w.HeaderComment(model.Header)
	names.declareImports(w.File)
	w.handshake()
	for _, a := range p.Actors {
		w.stub(a)
	}
	w.table(p)
	for _, h := range codecs.helpers {
		w.encodeHelper(h)
		w.decodeHelper(h)
	}

	var b bytes.Buffer
	w.NoFormat = true
	if err := w.Render(&b); err != nil {
		return nil, fmt.Errorf("render package %q: %w", p.Path, err)
	}
	content, err := formatted(b.Bytes())
	if err != nil {
		return nil, fmt.Errorf("format package %q: %w", p.Path, err)
	}
	return content, nil
}

// writer is a file on its way, with the decisions it is written by.
type writer struct {
	*jen.File
	names  *names
	codecs *codecs
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
			w.Comment("//")
			continue
		}
		w.Comment("// " + line)
	}
}

// rows is a bracketed list with one item for each line.
func rows(opening, closing string) jen.Options {
	return jen.Options{Open: opening, Close: closing, Separator: ",", Multi: true}
}
