package shape

import "go/types"

const msgpackPath = "github.com/vmihailenco/msgpack/v5"

// ways lists the pairs of methods that count as own marshalling, in order of
// precedence, with the methods of Encoder and Decoder that call them. Each way
// of writing Msgpack goes with each way of reading it.
var ways = []struct {
	write  string
	writes signature
	encode string
	read   string
	reads  signature
	decode string
}{
	{"EncodeMsgpack", takesEncoder, "Custom", "DecodeMsgpack", takesDecoder, "Custom"},
	{"EncodeMsgpack", takesEncoder, "Custom", "UnmarshalMsgpack", takesBytes, "Unmarshaler"},
	{"MarshalMsgpack", returnsBytes, "Marshaler", "DecodeMsgpack", takesDecoder, "Custom"},
	{"MarshalMsgpack", returnsBytes, "Marshaler", "UnmarshalMsgpack", takesBytes, "Unmarshaler"},
	{"MarshalBinary", returnsBytes, "Binary", "UnmarshalBinary", takesBytes, "Binary"},
	{"MarshalText", returnsBytes, "Text", "UnmarshalText", takesBytes, "Text"},
}

// own decides the form of a type that carries itself, by the first of Msgpack,
// Binary and Text; one that does so as JSON alone is refused. Only methods of
// its own count: promoted ones would carry the embedded value and drop the
// fields beside it.
func (w *walker) own(s *Shape, t *types.Named, path string) (decided bool) {
	for _, way := range ways {
		write := method(t, way.write, way.writes)
		if write == nil || method(t, way.read, way.reads) == nil {
			continue
		}
		s.Form, s.Encode, s.Decode, s.ByPointer = Own, way.encode, way.decode, hasPointerReceiver(write)
		if holdsLock(t) {
			w.refuse(path, w.hint(t, lockHint), "%s holds a lock, which must not be copied", w.show(t))
		}
		return true
	}
	_, isStruct := t.Underlying().(*types.Struct)
	if isStruct && (method(t, "MarshalJSON", returnsBytes) != nil || method(t, "UnmarshalJSON", takesBytes) != nil) {
		w.refuse(path, w.hint(t, "give it MarshalText and UnmarshalText, or MarshalBinary and UnmarshalBinary"),
			"%s carries itself as JSON only, and would arrive empty", w.show(t))
		return true
	}
	return false
}

// hasIsZero reports whether values of t say themselves whether they are empty.
// A promoted method would speak for the embedded value alone.
func hasIsZero(t *types.Named) bool {
	if _, isPointer := t.Underlying().(*types.Pointer); isPointer {
		return false // nil is what counts, and has no method to ask
	}
	m := method(t, "IsZero", returnsBool)
	return m != nil && !hasPointerReceiver(m)
}

// method returns the method that t itself declares with a name and signature.
func method(t *types.Named, name string, has signature) *types.Func {
	for m := range t.Methods() {
		if m.Name() == name && has(m.Signature()) {
			return m
		}
	}
	return nil
}

func hasPointerReceiver(m *types.Func) bool {
	_, ok := types.Unalias(m.Signature().Recv().Type()).(*types.Pointer)
	return ok
}

// signature tells the signature of a method.
type signature func(*types.Signature) bool

var (
	errorType = types.Universe.Lookup("error").Type()
	bytesType = types.NewSlice(types.Typ[types.Byte])

	nothing      = identical(nil, nil)
	returnsBool  = identical(nil, []types.Type{types.Typ[types.Bool]})
	returnsBytes = identical(nil, []types.Type{bytesType, errorType})
	takesBytes   = identical([]types.Type{bytesType}, []types.Type{errorType})
	takesEncoder = coder("Encoder")
	takesDecoder = coder("Decoder")
)

func identical(params, results []types.Type) signature {
	want := types.NewSignatureType(nil, nil, nil, tuple(params), tuple(results), false)
	return func(s *types.Signature) bool { return types.Identical(s, want) }
}

func tuple(list []types.Type) *types.Tuple {
	vars := make([]*types.Var, len(list))
	for i, t := range list {
		vars[i] = types.NewParam(0, nil, "", t)
	}
	return types.NewTuple(vars...)
}

// coder is func(*msgpack.Encoder) error, or its counterpart.
func coder(name string) signature {
	return func(s *types.Signature) bool {
		if s.Params().Len() != 1 {
			return false
		}
		p := s.Params().At(0).Type()
		return types.TypeString(types.Unalias(p), nil) == "*"+msgpackPath+"."+name &&
			identical([]types.Type{p}, []types.Type{errorType})(s)
	}
}
