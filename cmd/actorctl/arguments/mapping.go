package arguments

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"github.com/actorgen/actorgen/generator/lockfile"
	"github.com/actorgen/actorgen/runtime/actor"
)

// mapping writes a map, whose keys JSON has as texts, sorted as generated code
// does.
func (w *writer) mapping(t *lockfile.Type, raw json.RawMessage) {
	given, err := members(raw)
	if err != nil {
		w.fail(err)
		return
	}
	key := w.schema.resolve(t.Key)
	switch keyKind(key) {
	case textKeys:
		writeMap(w, t.Elem, given, func(k string) (string, error) { return k, nil }, (*actor.Encoder).String)
	case signedKeys:
		writeMap(w, t.Elem, given, func(k string) (int64, error) { return parseSigned(k, key.Name) }, (*actor.Encoder).Int64)
	case unsignedKeys:
		writeMap(w, t.Elem, given, func(k string) (uint64, error) { return parseUnsigned(k, key.Name) }, (*actor.Encoder).Uint64)
	case durationKeys:
		writeMap(w, t.Elem, given, time.ParseDuration, (*actor.Encoder).Duration)
	default:
		w.fail(errKeys)
	}
}

func writeMap[K cmp.Ordered](w *writer, elem *lockfile.Type, given object,
	parse func(string) (K, error), write func(*actor.Encoder, K)) {
	names, values := make(map[K]string, len(given)), make(map[K]json.RawMessage, len(given))
	for _, m := range given {
		k, err := parse(m.name)
		if err != nil {
			w.fail(fmt.Errorf("key %w", err))
			return
		}
		if _, twice := values[k]; twice {
			w.fail(fmt.Errorf("key %q stands twice", m.name))
			return
		}
		names[k], values[k] = m.name, m.raw
	}
	var current string
	actor.EncodeMap(w.e, values,
		func(e *actor.Encoder, k K) {
			current = names[k]
			write(e, k)
		},
		func(_ *actor.Encoder, raw json.RawMessage) {
			if w.err == nil {
				w.at("["+current+"]", func() { w.value(elem, raw) })
			}
		})
}
