package emit

import (
	"go/types"

	"github.com/dave/jennifer/jen"
)

// write returns the statement that writes the value v of type t with the
// encoder e, which may be a call.
func (w *writer) write(t types.Type, e, v jen.Code) jen.Code {
	if h := w.codecs.byType.At(t); h != nil {
		return jen.Id(h.(*helper).encode).Call(e, v)
	}
	return w.writeInline(w.codecs.shape(t), e, v)
}

// writeInline is write for the body of t's own function, and for types that
// need none.
func (w *writer) writeInline(s shape, e, v jen.Code) jen.Code {
	switch s.form {
	case plain:
		if s.convert != nil {
			v = w.names.typ(s.convert).Call(v)
		}
		return jen.Add(e).Dot(s.encodeMethod).Call(v)
	case fixedBytes:
		return jen.Add(e).Dot("Bytes").Call(jen.Add(v).Index(jen.Op(":")))
	case slice:
		return jen.Qual(actorPath, "EncodeSlice").Call(e, v, w.encodeFunc(s.elem))
	case array:
		return jen.Qual(actorPath, "EncodeSlice").Call(e, jen.Add(v).Index(jen.Op(":")), w.encodeFunc(s.elem))
	case mapping:
		return jen.Qual(actorPath, "EncodeMap").Call(e, v, w.encodeFunc(s.key), w.encodeFunc(s.elem))
	case pointer:
		return jen.Qual(actorPath, "EncodePointer").Call(e, v, w.encodeFunc(s.elem))
	case own:
		if s.byPointer {
			v = jen.Op("&").Add(v)
		}
		return jen.Add(e).Dot(s.encodeMethod).Call(v)
	}
	panic("emit: a struct has a function of its own")
}

// read returns the expression that reads a value of type t.
func (w *writer) read(t types.Type) jen.Code {
	d := jen.Id(w.names.local.decoder)
	if h := w.codecs.byType.At(t); h != nil {
		return jen.Id(h.(*helper).decode).Call(d)
	}
	return w.readInline(w.codecs.shape(t))
}

// readInline is read for the body of t's own function, and for types that need
// none.
func (w *writer) readInline(s shape) jen.Code {
	d := jen.Id(w.names.local.decoder)
	switch s.form {
	case plain:
		value := d.Dot(s.decodeMethod).Call()
		if s.convert != nil {
			return w.names.typ(s.typ).Call(value)
		}
		return value
	case slice:
		return jen.Qual(actorPath, "DecodeSlice").Call(d, w.decodeFunc(s.elem))
	case mapping:
		return jen.Qual(actorPath, "DecodeMap").Call(d, w.decodeFunc(s.key), w.decodeFunc(s.elem))
	case pointer:
		return jen.Qual(actorPath, "DecodePointer").Call(d, w.decodeFunc(s.elem))
	}
	panic("emit: " + s.typ.String() + " is read into a variable")
}

// encodeFunc returns the function that writes a value of type t.
func (w *writer) encodeFunc(t types.Type) jen.Code {
	if h := w.codecs.byType.At(t); h != nil {
		return jen.Id(h.(*helper).encode)
	}
	return methodOf("Encoder", w.codecs.shape(t).encodeMethod)
}

// decodeFunc returns the function that reads a value of type t.
func (w *writer) decodeFunc(t types.Type) jen.Code {
	if h := w.codecs.byType.At(t); h != nil {
		return jen.Id(h.(*helper).decode)
	}
	return methodOf("Decoder", w.codecs.shape(t).decodeMethod)
}

// methodOf returns a method as a function.
func methodOf(coder, method string) jen.Code {
	return jen.Parens(jen.Op("*").Qual(actorPath, coder)).Dot(method)
}
