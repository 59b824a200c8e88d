package amqp

import (
	"fmt"
	"math"
	"strings"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// userHeaders copies headers with every integer as an int64. Headers of foreign
// messages, which a worker sends on, may hold anything AMQP knows.
func userHeaders(headers map[string]any) amqp.Table {
	if len(headers) == 0 {
		return nil
	}
	table := make(amqp.Table, len(headers)+4)
	for name, value := range headers {
		if internalHeader(name) {
			continue // a republished message must not carry the broker's notes of its last trip
		}
		if n, ok := integer(value); ok {
			value = n
		}
		table[name] = value
	}
	return table
}

// internalHeader names what belongs to the broker or to us: CC and BCC would
// route the message to other queues, x-death and its like make a broker drop
// it on its second trip through a queue.
func internalHeader(name string) bool {
	return name == "CC" || name == "BCC" || strings.HasPrefix(name, "x-") || strings.HasPrefix(name, "actor-")
}

// maxTableDepth bounds tables within tables. What the library receives is less
// deep; what a caller hands over may even hold itself.
const maxTableDepth = 64

// scale adds up what headers take on the wire. It stops at the limit, and at
// what the library could not write, which would close the connection.
type scale struct{ size, limit int }

func (s *scale) add(n int) error {
	if s.size += n; s.size > s.limit {
		return fmt.Errorf("headers have more than the %d bytes that are allowed", s.limit)
	}
	return nil
}

func (s *scale) table(table amqp.Table, depth int) error {
	for name, value := range table {
		if len(name) > maxShortString {
			return fmt.Errorf("a header's name has %d bytes, at most %d are allowed", len(name), maxShortString)
		}
		if err := s.add(1 + len(name)); err != nil {
			return err
		}
		if err := s.value(value, depth); err != nil {
			return err
		}
	}
	return nil
}

func (s *scale) value(value any, depth int) error {
	const lead = 5 // type and length
	if depth > maxTableDepth {
		return fmt.Errorf("headers nest tables more than %d deep", maxTableDepth)
	}
	switch v := value.(type) {
	case nil, bool, byte, int8, int16, int32, int64, uint16, uint32, float32, float64, amqp.Decimal, time.Time:
		return s.add(9)
	case string:
		return s.add(lead + len(v))
	case []byte:
		return s.add(lead + len(v))
	case amqp.Table:
		if err := s.add(lead); err != nil {
			return err
		}
		return s.table(v, depth+1)
	case []any:
		if err := s.add(lead); err != nil {
			return err
		}
		for _, element := range v {
			if err := s.value(element, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("a header of type %T cannot be sent", value)
}

// integer returns any integer that fits 64 signed bits.
func integer(value any) (int64, bool) {
	switch v := value.(type) {
	case int64:
		return v, true
	case int:
		return int64(v), true
	case int32:
		return int64(v), true
	case int16:
		return int64(v), true
	case int8:
		return int64(v), true
	case uint8:
		return int64(v), true
	case uint16:
		return int64(v), true
	case uint32:
		return int64(v), true
	case uint64:
		return int64(v), uint64(v) <= math.MaxInt64
	case uint:
		return int64(v), uint64(v) <= math.MaxInt64
	}
	return 0, false
}
