package emit

import (
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"strings"
)

// field is a field of a struct as it travels.
type field struct {
	// key is its name on the wire.
	key string
	// name is its name in the struct.
	name string
	typ  types.Type
	// omitEmpty leaves it out when it is empty, which its type can be.
	omitEmpty bool
}

// fieldsOf returns the fields of a struct in the order of the source. A field
// is called by its msgpack tag, else by its Go name; "-" skips it. That goes
// for embedded types too: their fields travel in a map of their own, under the
// name of the type.
func fieldsOf(t types.Type) ([]field, error) {
	s := t.Underlying().(*types.Struct)
	var fields []field
	for i := range s.NumFields() {
		v := s.Field(i)
		key, options, _ := strings.Cut(reflect.StructTag(s.Tag(i)).Get("msgpack"), ",")
		if key == "-" {
			continue
		}
		if key == "" {
			key = v.Name()
		}
		if !v.Exported() {
			return nil, fmt.Errorf("field %s of type %s cannot be carried: it is unexported", v.Name(), t)
		}
		omitEmpty := slices.Contains(strings.Split(options, ","), "omitempty") && canBeEmpty(v.Type())
		fields = append(fields, field{key, v.Name(), v.Type(), omitEmpty})
	}
	return fields, nil
}
