package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/actorgen/actorgen/generator/shape"
)

// write returns the statement that writes the value v of shape s with the
// encoder e, which may be a call.
func (w *writer) write(s *shape.Shape, e, v jen.Code) jen.Code {
	if h := w.codecs.helper(s); h != nil {
		return jen.Id(h.encode).Call(e, v)
	}
	return w.writeInline(s, e, v)
}

// writeInline is write for the body of a type's own function, and for types that
// need none.
func (w *writer) writeInline(s *shape.Shape, e, v jen.Code) jen.Code {
	switch s.Form {
	case shape.Plain:
		if s.Convert != nil {
			v = w.names.typ(s.Convert).Call(v)
		}
		return jen.Add(e).Dot(s.Encode).Call(v)
	case shape.FixedBytes:
		return jen.Add(e).Dot("Bytes").Call(jen.Add(v).Index(jen.Op(":")))
	case shape.Slice:
		return jen.Qual(actorPath, "EncodeSlice").Call(e, v, w.encodeFunc(s.Elem))
	case shape.Array:
		return jen.Qual(actorPath, "EncodeSlice").Call(e, jen.Add(v).Index(jen.Op(":")), w.encodeFunc(s.Elem))
	case shape.Map:
		return jen.Qual(actorPath, "EncodeMap").Call(e, v, w.encodeFunc(s.Key), w.encodeFunc(s.Elem))
	case shape.Pointer:
		return jen.Qual(actorPath, "EncodePointer").Call(e, v, w.encodeFunc(s.Elem))
	case shape.Own:
		if s.ByPointer {
			v = jen.Op("&").Add(v)
		}
		return jen.Add(e).Dot(s.Encode).Call(v)
	}
	panic("emit: a struct has a function of its own")
}

// read returns the expression that reads a value of shape s.
func (w *writer) read(s *shape.Shape) jen.Code {
	d := jen.Id(w.names.local.decoder)
	if h := w.codecs.helper(s); h != nil {
		return jen.Id(h.decode).Call(d)
	}
	return w.readInline(s)
}

// readInline is read for the body of a type's own function, and for types that need
// none.
func (w *writer) readInline(s *shape.Shape) jen.Code {
	d := jen.Id(w.names.local.decoder)
	switch s.Form {
	case shape.Plain:
		value := d.Dot(s.Decode).Call()
		if s.Convert != nil {
			return w.names.typ(s.Type).Call(value)
		}
		return value
	case shape.Slice:
		return jen.Qual(actorPath, "DecodeSlice").Call(d, w.decodeFunc(s.Elem))
	case shape.Map:
		return jen.Qual(actorPath, "DecodeMap").Call(d, w.decodeFunc(s.Key), w.decodeFunc(s.Elem))
	case shape.Pointer:
		return jen.Qual(actorPath, "DecodePointer").Call(d, w.decodeFunc(s.Elem))
	}
	panic("emit: " + s.Type.String() + " is read into a variable")
}

// encodeFunc returns the function that writes a value of shape s.
func (w *writer) encodeFunc(s *shape.Shape) jen.Code {
	if h := w.codecs.helper(s); h != nil {
		return jen.Id(h.encode)
	}
	return methodOf("Encoder", s.Encode)
}

// decodeFunc returns the function that reads a value of shape s.
func (w *writer) decodeFunc(s *shape.Shape) jen.Code {
	if h := w.codecs.helper(s); h != nil {
		return jen.Id(h.decode)
	}
	return methodOf("Decoder", s.Decode)
}

// methodOf returns a method as a function.
func methodOf(coder, method string) jen.Code {
	return jen.Parens(jen.Op("*").Qual(actorPath, coder)).Dot(method)
}
