package emit

import (
	"slices"

	"github.com/actorgen/actorgen/generator/code"
	"github.com/actorgen/actorgen/generator/shape"
)

// encodeHelper writes the function that writes values of a type.
func (w *writer) encodeHelper(h *helper) {
	l := w.names.local
	value := l.value
	if h.Form == shape.Struct && len(h.Fields) == 0 {
		value = "_"
	}
	w.Func().Id(h.encode).Params(
		code.Id(l.encoder).Op("*").Qual(actorPath, "Encoder"),
		code.Id(value).Add(w.names.typ(h.Type)),
	).BlockFunc(func(g *code.Group) {
		if h.Form == shape.Struct {
			w.writeRecord(g, h.Fields)
			return
		}
		g.Add(w.writeInline(h.Shape, code.Id(l.encoder), code.Id(l.value)))
	})
	w.Line()
}

// writeRecord writes the fields of the local value as a map.
func (w *writer) writeRecord(g *code.Group, fields []shape.Field) {
	l := w.names.local
	count := code.Lit(len(fields))
	if slices.ContainsFunc(fields, func(f shape.Field) bool { return f.OmitEmpty }) {
		g.Id(l.fields).Op(":=").Add(count)
		count = code.Id(l.fields)
	}
	for _, f := range fields {
		if f.OmitEmpty {
			g.If(isEmpty(f.Shape, w.valueOf(f))).Block(code.Id(l.fields).Op("--"))
		}
	}
	g.Id(l.encoder).Dot("Map").Call(count)
	for _, f := range fields {
		write := w.write(f.Shape, w.key(f.Key), w.valueOf(f))
		if f.OmitEmpty {
			write = code.If(isFilled(f.Shape, w.valueOf(f))).Block(write)
		}
		g.Add(write)
	}
	g.Id(l.encoder).Dot("End").Call()
}

// key returns the encoder behind a key.
func (w *writer) key(key string) code.Code {
	return code.Id(w.names.local.encoder).Dot("Key").Call(code.Lit(key))
}

// valueOf returns a field of the local value.
func (w *writer) valueOf(f shape.Field) *code.Statement {
	return code.Id(w.names.local.value).Dot(f.Name)
}

// decodeHelper writes the function that reads values of a type.
func (w *writer) decodeHelper(h *helper) {
	l := w.names.local
	w.Func().Id(h.decode).Params(
		code.Id(l.decoder).Op("*").Qual(actorPath, "Decoder"),
	).Add(w.names.typ(h.Type)).BlockFunc(func(g *code.Group) {
		d, v := code.Id(l.decoder), code.Id(l.value)
		var read code.Code
		switch h.Form {
		case shape.Struct:
			read = w.readRecord(h.Fields, w.valueOf)
		case shape.FixedBytes:
			read = d.Dot("FixedBytes").Call(v.Clone().Index(code.Op(":")))
		case shape.Array:
			read = code.Qual(actorPath, "DecodeArray").Call(d, v.Clone().Index(code.Op(":")), w.decodeFunc(h.Elem))
		case shape.Own:
			read = d.Dot(h.Decode).Call(code.Op("&").Add(v))
		default:
			g.Return(w.readInline(h.Shape))
			return
		}
		g.Var().Add(v).Add(w.names.typ(h.Type))
		g.Add(read)
		g.Return(v)
	})
	w.Line()
}

// readRecord returns the loop that reads a map into fields, whose variables
// target names.
func (w *writer) readRecord(fields []shape.Field, target func(shape.Field) *code.Statement) code.Code {
	l := w.names.local
	var keys, optional []code.Code
	for _, f := range fields {
		keys = append(keys, code.Lit(f.Key))
		if f.OmitEmpty {
			optional = append(optional, code.Lit(f.Key))
		}
	}
	method := "Fields"
	if optional != nil {
		method = "FieldsOptional"
		keys = append([]code.Code{code.Index().String().Values(optional...)}, keys...)
	}
	source := code.Id(l.decoder).Dot(method).Call(keys...)

	read := func(f shape.Field) code.Code { return target(f).Op("=").Add(w.read(f.Shape)) }
	switch len(fields) {
	case 0:
		return code.For(code.Range().Add(source)).Block()
	case 1:
		return code.For(code.Range().Add(source)).Block(read(fields[0]))
	}
	return code.For(code.Id(l.field).Op(":=").Range().Add(source)).Block(
		code.Switch(code.Id(l.field)).BlockFunc(func(g *code.Group) {
			for _, f := range fields {
				g.Case(code.Lit(f.Key)).Block(read(f))
			}
		}),
	)
}
