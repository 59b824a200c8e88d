package analysis

import "go/types"

const msgpackPath = "github.com/vmihailenco/msgpack/v5"

// checkMarshalling reports whether a type carries itself, by the first of
// Msgpack, Binary and Text, which makes it legal; or as JSON alone, which is
// refused. Only methods of its own count: promoted ones would carry the
// embedded value and drop the fields beside it.
func (c *carrier) checkMarshalling(named *types.Named, path string) (decided bool) {
	own := make(map[string]*types.Signature)
	for m := range named.Methods() {
		own[m.Name()] = m.Signature()
	}
	encodes := isCustom(own["EncodeMsgpack"], "Encoder") || isMarshaler(own["MarshalMsgpack"])
	decodes := isCustom(own["DecodeMsgpack"], "Decoder") || isUnmarshaler(own["UnmarshalMsgpack"])
	if encodes && decodes ||
		isMarshaler(own["MarshalBinary"]) && isUnmarshaler(own["UnmarshalBinary"]) ||
		isMarshaler(own["MarshalText"]) && isUnmarshaler(own["UnmarshalText"]) {
		return true
	}
	_, record := named.Underlying().(*types.Struct)
	if record && (isMarshaler(own["MarshalJSON"]) || isUnmarshaler(own["UnmarshalJSON"])) {
		c.refuse(path, "give it MarshalText and UnmarshalText, or MarshalBinary and UnmarshalBinary",
			"%s carries itself as JSON only, and would arrive empty", c.show(named))
		return true
	}
	return false
}

// isCustom matches func(*msgpack.Encoder) error and its counterpart.
func isCustom(s *types.Signature, coder string) bool {
	if s == nil || s.Params().Len() != 1 || s.Results().Len() != 1 || !isError(s.Results().At(0).Type()) {
		return false
	}
	named := receiverType(s.Params().At(0).Type())
	return named != nil && named.Obj().Name() == coder && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == msgpackPath
}

// isMarshaler matches func() ([]byte, error).
func isMarshaler(s *types.Signature) bool {
	return s != nil && s.Params().Len() == 0 && s.Results().Len() == 2 &&
		isBytes(s.Results().At(0).Type()) && isError(s.Results().At(1).Type())
}

// isUnmarshaler matches func([]byte) error.
func isUnmarshaler(s *types.Signature) bool {
	return s != nil && s.Params().Len() == 1 && s.Results().Len() == 1 &&
		isBytes(s.Params().At(0).Type()) && isError(s.Results().At(0).Type())
}

func isBytes(t types.Type) bool {
	return types.Identical(t, types.NewSlice(types.Typ[types.Byte]))
}

func isError(t types.Type) bool {
	return types.Identical(t, types.Universe.Lookup("error").Type())
}
