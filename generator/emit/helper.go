package emit

import (
	"slices"

	"github.com/dave/jennifer/jen"
)

// encodeHelper writes the function that writes values of a type.
func (w *writer) encodeHelper(h *helper) {
	l := w.names.local
	value := l.value
	if h.form == record && len(h.fields) == 0 {
		value = "_"
	}
	w.Func().Id(h.encode).Params(
		jen.Id(l.encoder).Op("*").Qual(actorPath, "Encoder"),
		jen.Id(value).Add(w.names.typ(h.typ)),
	).BlockFunc(func(g *jen.Group) {
		if h.form == record {
			w.writeRecord(g, h.fields)
			return
		}
		g.Add(w.writeInline(h.shape, jen.Id(l.encoder), jen.Id(l.value)))
	})
	w.Line()
}

// writeRecord writes the fields of the local value as a map.
func (w *writer) writeRecord(g *jen.Group, fields []field) {
	l := w.names.local
	count := jen.Lit(len(fields))
	if slices.ContainsFunc(fields, func(f field) bool { return f.omitEmpty }) {
		g.Id(l.fields).Op(":=").Add(count)
		count = jen.Id(l.fields)
	}
	for _, f := range fields {
		if f.omitEmpty {
			g.If(isEmpty(f.typ, w.valueOf(f))).Block(jen.Id(l.fields).Op("--"))
		}
	}
	g.Id(l.encoder).Dot("Map").Call(count)
	for _, f := range fields {
		write := w.write(f.typ, w.key(f.key), w.valueOf(f))
		if f.omitEmpty {
			write = jen.If(isFilled(f.typ, w.valueOf(f))).Block(write)
		}
		g.Add(write)
	}
	g.Id(l.encoder).Dot("End").Call()
}

// key returns the encoder behind a key.
func (w *writer) key(key string) jen.Code {
	return jen.Id(w.names.local.encoder).Dot("Key").Call(jen.Lit(key))
}

// valueOf returns a field of the local value.
func (w *writer) valueOf(f field) *jen.Statement {
	return jen.Id(w.names.local.value).Dot(f.name)
}

// decodeHelper writes the function that reads values of a type.
func (w *writer) decodeHelper(h *helper) {
	l := w.names.local
	w.Func().Id(h.decode).Params(
		jen.Id(l.decoder).Op("*").Qual(actorPath, "Decoder"),
	).Add(w.names.typ(h.typ)).BlockFunc(func(g *jen.Group) {
		d, v := jen.Id(l.decoder), jen.Id(l.value)
		var read jen.Code
		switch h.form {
		case record:
			read = w.readRecord(h.fields, w.valueOf)
		case fixedBytes:
			read = d.Dot("FixedBytes").Call(v.Clone().Index(jen.Op(":")))
		case array:
			read = jen.Qual(actorPath, "DecodeArray").Call(d, v.Clone().Index(jen.Op(":")), w.decodeFunc(h.elem))
		case own:
			read = d.Dot(h.decodeMethod).Call(jen.Op("&").Add(v))
		default:
			g.Return(w.readInline(h.shape))
			return
		}
		g.Var().Add(v).Add(w.names.typ(h.typ))
		g.Add(read)
		g.Return(v)
	})
	w.Line()
}

// readRecord returns the loop that reads a map into fields, whose variables
// target names.
func (w *writer) readRecord(fields []field, target func(field) *jen.Statement) jen.Code {
	l := w.names.local
	var keys, optional []jen.Code
	for _, f := range fields {
		keys = append(keys, jen.Lit(f.key))
		if f.omitEmpty {
			optional = append(optional, jen.Lit(f.key))
		}
	}
	method := "Fields"
	if optional != nil {
		method = "FieldsOptional"
		keys = append([]jen.Code{jen.Index().String().Values(optional...)}, keys...)
	}
	source := jen.Id(l.decoder).Dot(method).Call(keys...)

	read := func(f field) jen.Code { return target(f).Op("=").Add(w.read(f.typ)) }
	switch len(fields) {
	case 0:
		return jen.For(jen.Range().Add(source)).Block()
	case 1:
		return jen.For(jen.Range().Add(source)).Block(read(fields[0]))
	}
	return jen.For(jen.Id(l.field).Op(":=").Range().Add(source)).Block(
		jen.Switch(jen.Id(l.field)).BlockFunc(func(g *jen.Group) {
			for _, f := range fields {
				g.Case(jen.Lit(f.key)).Block(read(f))
			}
		}),
	)
}
