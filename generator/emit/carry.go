package emit

import (
	"github.com/actorgen/actorgen/generator/code"
	"github.com/actorgen/actorgen/generator/shape"
)

// write returns the statement that writes the value v of shape s with the
// encoder e, which may be a call.
func (w *writer) write(s *shape.Shape, e, v code.Code) code.Code {
	if h := w.codecs.helper(s, writes); h != nil {
		return code.Id(h.encode).Call(e, v)
	}
	return w.writeInline(s, e, v)
}

// writeInline is write for the body of a type's own function, and for types that
// need none.
func (w *writer) writeInline(s *shape.Shape, e, v code.Code) code.Code {
	switch s.Form {
	case shape.Plain:
		if s.Convert != nil {
			v = w.names.typ(s.Convert).Call(v)
		}
		return code.Add(e).Dot(s.Encode).Call(v)
	case shape.FixedBytes:
		return code.Add(e).Dot("Bytes").Call(code.Add(v).Index(code.Op(":")))
	case shape.Slice:
		return code.Qual(actorPath, "EncodeSlice").Call(e, v, w.encodeFunc(s.Elem))
	case shape.Array:
		return code.Qual(actorPath, "EncodeSlice").Call(e, code.Add(v).Index(code.Op(":")), w.encodeFunc(s.Elem))
	case shape.Map:
		return code.Qual(actorPath, "EncodeMap").Call(e, v, w.encodeFunc(s.Key), w.encodeFunc(s.Elem))
	case shape.Pointer:
		return code.Qual(actorPath, "EncodePointer").Call(e, v, w.encodeFunc(s.Elem))
	case shape.Own:
		if s.ByPointer {
			v = code.Op("&").Add(v)
		}
		return code.Add(e).Dot(s.Encode).Call(v)
	}
	panic("emit: a struct has a function of its own")
}

// read returns the expression that reads a value of shape s.
func (w *writer) read(s *shape.Shape) code.Code {
	d := code.Id(w.names.local.decoder)
	if h := w.codecs.helper(s, reads); h != nil {
		return code.Id(h.decode).Call(d)
	}
	return w.readInline(s)
}

// readInline is read for the body of a type's own function, and for types that need
// none.
func (w *writer) readInline(s *shape.Shape) code.Code {
	d := code.Id(w.names.local.decoder)
	switch s.Form {
	case shape.Plain:
		value := d.Dot(s.Decode).Call()
		if s.Convert != nil {
			return w.names.typ(s.Type).Call(value)
		}
		return value
	case shape.Slice:
		return code.Qual(actorPath, "DecodeSlice").Call(d, w.decodeFunc(s.Elem))
	case shape.Map:
		return code.Qual(actorPath, "DecodeMap").Call(d, w.decodeFunc(s.Key), w.decodeFunc(s.Elem))
	case shape.Pointer:
		return code.Qual(actorPath, "DecodePointer").Call(d, w.decodeFunc(s.Elem))
	}
	panic("emit: " + s.Type.String() + " is read into a variable")
}

// encodeFunc returns the function that writes a value of shape s.
func (w *writer) encodeFunc(s *shape.Shape) code.Code {
	if h := w.codecs.helper(s, writes); h != nil {
		return code.Id(h.encode)
	}
	return methodOf("Encoder", s.Encode)
}

// decodeFunc returns the function that reads a value of shape s.
func (w *writer) decodeFunc(s *shape.Shape) code.Code {
	if h := w.codecs.helper(s, reads); h != nil {
		return code.Id(h.decode)
	}
	return methodOf("Decoder", s.Decode)
}

// methodOf returns a method as a function.
func methodOf(coder, method string) code.Code {
	return code.Parens(code.Op("*").Qual(actorPath, coder)).Dot(method)
}
