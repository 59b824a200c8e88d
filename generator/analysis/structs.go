package analysis

import (
	"go/types"
	"reflect"
	"strings"
)

// checkStruct checks the fields of a struct, and that each has a key of its
// own.
func (c *carrier) checkStruct(t types.Type, s *types.Struct, path string) {
	keys := make(map[string]string)
	for i := range s.NumFields() {
		field := s.Field(i)
		key, skipped := fieldKey(field, s.Tag(i))
		if skipped {
			continue
		}
		name := c.fieldPath(t, path, field)
		if !field.Exported() {
			c.refuse(name, "tag it `msgpack:\"-\"` to leave it out, or export it", "unexported field cannot be carried")
			continue
		}
		if other, ok := keys[key]; ok {
			c.refuse(name, "change a msgpack tag", "key %q is also that of field %s", key, other)
			continue
		}
		keys[key] = field.Name()
		c.check(field.Type(), name)
	}
}

// fieldPath names a field: behind the path that led to it, or behind its type.
func (c *carrier) fieldPath(t types.Type, path string, field *types.Var) string {
	if path == "" {
		if named, ok := types.Unalias(t).(*types.Named); ok {
			path = named.Obj().Name()
		}
	}
	return path + "." + field.Name()
}

// fieldKey returns the name of a field in a message.
func fieldKey(field *types.Var, tag string) (key string, skipped bool) {
	key, _, _ = strings.Cut(reflect.StructTag(tag).Get("msgpack"), ",")
	switch key {
	case "-":
		return "", true
	case "":
		return field.Name(), false
	}
	return key, false
}
