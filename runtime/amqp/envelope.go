package amqp

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
)

// Headers of ours; an absent one is the zero value. Times are microseconds
// since 1970, durations microseconds. Every value is an int64 or a string: the
// library writes an int as 32 bits.
const (
	headerAttempt   = "actor-attempt"
	headerFirstSent = "actor-first-sent"
	headerError     = "actor-error"
	headerFailedAt  = "actor-failed-at"
	headerRemaining = "actor-remaining"
	headerHold      = "actor-hold"
	headerDue       = "actor-due"

	headerDeliveryCount = "x-delivery-count"
)

const (
	// maxShortString is the length of AMQP's short strings. A longer one
	// closes the whole connection.
	maxShortString = 255
	// maxHeaders bounds all headers together, which must fit one frame.
	maxHeaders = 16 << 10
	// maxCopyHeaders bounds those of a copy: what came in one frame of the
	// usual 128 KiB goes out in one.
	maxCopyHeaders = 96 << 10
	// maxFailure bounds the text of an error.
	maxFailure = 4 << 10
)

// publishing translates an envelope into the exchange, the routing key and the
// message that carry it. It refuses headers that cannot be sent, but not those
// of a copy, which goes out without them: its original, perhaps of another
// program, would come back for ever.
func publishing(e *actor.Envelope, appID string, now time.Time) (exchange, key string, p amqp.Publishing, err error) {
	if isCopy := e.Attempt > 0 || !e.FirstSent.IsZero(); !isCopy {
		return publishingWith(e.Headers, maxHeaders, e, appID, now)
	}
	exchange, key, p, err = publishingWith(e.Headers, maxCopyHeaders, e, appID, now)
	if err != nil {
		return publishingWith(nil, maxCopyHeaders, e, appID, now)
	}
	return exchange, key, p, nil
}

func publishingWith(headers map[string]any, limit int, e *actor.Envelope, appID string, now time.Time) (exchange, key string, p amqp.Publishing, err error) {
	key = e.Destination()
	p = amqp.Publishing{
		ContentType:  actor.ContentType,
		Type:         e.Actor,
		MessageId:    e.ID,
		Timestamp:    now,
		DeliveryMode: amqp.Transient,
		AppId:        appID,
		Body:         e.Body,
	}
	if e.ContentType != "" {
		p.ContentType = e.ContentType
	}
	if e.Persistent {
		p.DeliveryMode = amqp.Persistent
	}
	if e.Priority > 0 { // no priority is the lowest one
		p.Priority = uint8(min(e.Priority, 255))
	}
	if p.Headers, err = userHeaders(headers); err != nil {
		return "", "", p, err
	}
	exchange = delayHeaders(e, &p, now)
	failureHeaders(e, &p)
	if e.Remaining > 0 {
		setHeader(&p, headerRemaining, e.Remaining.Microseconds())
	}
	return exchange, key, p, checkSizes(key, &p, limit)
}

// delayHeaders returns the exchange through which the delay begins.
func delayHeaders(e *actor.Envelope, p *amqp.Publishing, now time.Time) (exchange string) {
	if e.Delay <= 0 {
		return ""
	}
	way := routeOf(e.Delay)
	if us := way.remainder.Microseconds(); us > 0 {
		setHeader(p, headerHold, us)
		setHeader(p, headerDue, now.Add(e.Delay).UnixMicro())
	}
	if way.level < 0 {
		return ""
	}
	if p.Headers == nil {
		p.Headers = make(amqp.Table, way.level+1)
	}
	way.address(p.Headers)
	return delayName(e.Prefix, way.level)
}

func failureHeaders(e *actor.Envelope, p *amqp.Publishing) {
	if e.Attempt > 0 {
		setHeader(p, headerAttempt, int64(e.Attempt))
	}
	if !e.FirstSent.IsZero() {
		setHeader(p, headerFirstSent, e.FirstSent.UnixMicro())
	}
	if e.Failure != "" {
		setHeader(p, headerError, shorten(e.Failure, maxFailure))
	}
	if !e.FailedAt.IsZero() {
		setHeader(p, headerFailedAt, e.FailedAt.UnixMicro())
	}
}

func setHeader(p *amqp.Publishing, name string, value any) {
	if p.Headers == nil {
		p.Headers = make(amqp.Table, 4)
	}
	p.Headers[name] = value
}

// shorten cuts text to n bytes, between characters.
func shorten(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// userHeaders copies headers with every integer as an int64. Headers of foreign
// messages, which a worker sends on, may hold anything AMQP knows.
func userHeaders(headers map[string]any) (amqp.Table, error) {
	if len(headers) == 0 {
		return nil, nil
	}
	table := make(amqp.Table, len(headers)+4)
	for name, value := range headers {
		if internalHeader(name) {
			continue // a republished message must not carry the broker's notes of its last trip
		}
		if n, ok := integer(value); ok {
			table[name] = n
			continue
		}
		if err := (amqp.Table{name: value}).Validate(); err != nil {
			return nil, fmt.Errorf("header %q: a %T cannot be sent", name, value)
		}
		table[name] = value
	}
	return table, nil
}

// internalHeader names what belongs to the broker or to us: CC and BCC would
// route the message to other queues, x-death and its like make a broker drop
// it on its second trip through a queue.
func internalHeader(name string) bool {
	return name == "CC" || name == "BCC" || strings.HasPrefix(name, "x-") || strings.HasPrefix(name, "actor-")
}

// checkSizes refuses what would close the connection for everybody.
func checkSizes(key string, p *amqp.Publishing, limit int) error {
	for _, s := range [...]struct{ what, text string }{
		{"queue name", key}, {"actor name", p.Type}, {"message ID", p.MessageId}, {"content type", p.ContentType},
	} {
		if len(s.text) > maxShortString {
			return fmt.Errorf("%s has %d bytes, at most %d are allowed", s.what, len(s.text), maxShortString)
		}
	}
	if len(p.Headers) == 0 {
		return nil
	}
	size := 0
	for name, value := range p.Headers {
		if len(name) > maxShortString {
			return fmt.Errorf("a header's name has %d bytes, at most %d are allowed", len(name), maxShortString)
		}
		size += 1 + len(name) + fieldSize(value)
	}
	if size > limit {
		return fmt.Errorf("headers have %d bytes, at most %d are allowed", size, limit)
	}
	return nil
}

// fieldSize is about what a value takes on the wire. Tables that received
// messages hold are finite: the library bounds their depth.
func fieldSize(value any) int {
	switch v := value.(type) {
	case string:
		return 5 + len(v)
	case []byte:
		return 5 + len(v)
	case amqp.Table:
		size := 5
		for name, value := range v {
			size += 1 + len(name) + fieldSize(value)
		}
		return size
	case []any:
		size := 5
		for _, value := range v {
			size += fieldSize(value)
		}
		return size
	}
	return 9
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
		return int64(v), v <= 1<<63-1
	case uint:
		return int64(v), v <= 1<<63-1
	}
	return 0, false
}
