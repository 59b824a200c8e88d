package actor

import (
	"fmt"
	"math"
	"strings"
)

// plainHeaders returns the headers with every integer as int64, or the reason
// why they are refused.
func plainHeaders(headers map[string]any) (map[string]any, string) {
	if len(headers) == 0 {
		return nil, ""
	}
	plain := make(map[string]any, len(headers))
	for name, value := range headers {
		if plain[name], _ = plainHeader(value); plain[name] == nil {
			return nil, flawOfType(name, value)
		}
	}
	return plain, ""
}

func flawOfHeaders(headers map[string]any) string {
	size := 0
	for name, value := range headers {
		switch {
		case name == "" || len(name) > maxNameBytes:
			return fmt.Sprintf("header name %q has %d bytes, 1 to %d are allowed", shorten(name, 40), len(name), maxNameBytes)
		case reserved(name):
			return fmt.Sprintf("header %q is reserved (CC, BCC, x-* and actor-* are)", name)
		}
		plain, n := plainHeader(value)
		if plain == nil {
			return flawOfType(name, value)
		}
		size += len(name) + n
	}
	if size > maxHeaderBytes {
		return fmt.Sprintf("the headers take %d bytes, %d are allowed", size, maxHeaderBytes)
	}
	return ""
}

func flawOfType(name string, value any) string {
	return fmt.Sprintf("header %q has a value of type %T (string, []byte and integers of 64 signed bits are allowed)",
		shorten(name, 40), value)
}

// reserved names what belongs to the broker or to the runtime. CC and BCC would
// send the message to other queues.
func reserved(name string) bool {
	const longest = len("actor-")
	lower := strings.ToLower(name[:min(len(name), longest)])
	return name == "CC" || name == "BCC" || strings.HasPrefix(lower, "x-") || lower == "actor-"
}

// plainHeader returns value as a string, []byte or int64 with its size, or nil
// where it is none of them.
func plainHeader(value any) (plain any, size int) {
	switch v := value.(type) {
	case string:
		return v, len(v)
	case []byte:
		return v, len(v)
	case int:
		return int64(v), 8
	case int8:
		return int64(v), 8
	case int16:
		return int64(v), 8
	case int32:
		return int64(v), 8
	case int64:
		return v, 8
	case uint8:
		return int64(v), 8
	case uint16:
		return int64(v), 8
	case uint32:
		return int64(v), 8
	case uint:
		if uint64(v) <= math.MaxInt64 {
			return int64(v), 8
		}
	case uint64:
		if v <= math.MaxInt64 {
			return int64(v), 8
		}
	}
	return nil, 0
}
