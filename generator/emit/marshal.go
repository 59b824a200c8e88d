package emit

import "go/types"

// marshalling is how a type with its own methods travels: the methods of
// Encoder and Decoder that call them.
type marshalling struct {
	encode, decode string
	// byPointer says that only a pointer to the type has the writing method.
	byPointer bool
}

// ways lists the pairs of methods that count as own marshalling, in order of
// precedence. Each way of writing Msgpack goes with each way of reading it.
var ways = []struct {
	write, read    signature
	encode, decode string
}{
	{encodeMsgpack, decodeMsgpack, "Custom", "Custom"},
	{encodeMsgpack, unmarshalMsgpack, "Custom", "Unmarshaler"},
	{marshalMsgpack, decodeMsgpack, "Marshaler", "Custom"},
	{marshalMsgpack, unmarshalMsgpack, "Marshaler", "Unmarshaler"},
	{signature{"MarshalBinary", "func() ([]byte, error)"}, signature{"UnmarshalBinary", "func([]byte) error"}, "Binary", "Binary"},
	{signature{"MarshalText", "func() ([]byte, error)"}, signature{"UnmarshalText", "func([]byte) error"}, "Text", "Text"},
}

// signature is a method's name and its type as go/types prints it, without the
// names of parameters.
type signature struct{ name, typ string }

var (
	encodeMsgpack    = signature{"EncodeMsgpack", "func(*" + msgpackPath + ".Encoder) error"}
	decodeMsgpack    = signature{"DecodeMsgpack", "func(*" + msgpackPath + ".Decoder) error"}
	marshalMsgpack   = signature{"MarshalMsgpack", "func() ([]byte, error)"}
	unmarshalMsgpack = signature{"UnmarshalMsgpack", "func([]byte) error"}
)

// ownMarshalling returns how t marshals itself, if it does. Methods that t has
// only because it embeds a type do not count: they would write the embedded
// value and silently drop the fields beside it.
func ownMarshalling(t *types.Named) (marshalling, bool) {
	for _, way := range ways {
		write, read := declared(t, way.write), declared(t, way.read)
		if write == nil || read == nil {
			continue
		}
		_, byPointer := write.Signature().Recv().Type().(*types.Pointer)
		return marshalling{way.encode, way.decode, byPointer}, true
	}
	return marshalling{}, false
}

// declared returns the method of t that has s.
func declared(t *types.Named, s signature) *types.Func {
	for m := range t.Methods() {
		if m.Name() == s.name && signatureText(m.Signature()) == s.typ {
			return m
		}
	}
	return nil
}

func signatureText(s *types.Signature) string {
	return types.TypeString(types.NewSignatureType(nil, nil, nil, unnamed(s.Params()), unnamed(s.Results()), s.Variadic()), nil)
}

func unnamed(t *types.Tuple) *types.Tuple {
	vars := make([]*types.Var, 0, t.Len())
	for v := range t.Variables() {
		vars = append(vars, types.NewParam(v.Pos(), nil, "", types.Unalias(v.Type())))
	}
	return types.NewTuple(vars...)
}
