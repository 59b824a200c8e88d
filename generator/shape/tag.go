package shape

import (
	"reflect"
	"strings"
)

// tag is what a struct field says of itself.
type tag struct {
	key       string
	omitEmpty bool
	// unknown are the options that would change the form.
	unknown []string
	// malformed says that reflection does not find the tag.
	malformed bool
}

func parseTag(text string) tag {
	value, ok := reflect.StructTag(text).Lookup("msgpack")
	if !ok {
		return tag{malformed: strings.HasPrefix(strings.TrimSpace(text), "msgpack") || strings.Contains(text, " msgpack")}
	}
	key, options, more := strings.Cut(value, ",")
	result := tag{key: key}
	if strings.ContainsAny(key, ":'") { // "alias:name", or quoted: not a name as it stands
		result.unknown = append(result.unknown, key)
	}
	for more {
		var option string
		option, options, more = strings.Cut(options, ",")
		if option == "omitempty" {
			result.omitEmpty = true
		} else {
			result.unknown = append(result.unknown, option)
		}
	}
	return result
}

// skipped reports whether a tag leaves its field out.
func skipped(text string) bool { return parseTag(text).key == "-" }
