package amqp

import (
	"fmt"
	"time"
	"unicode/utf8"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

// Headers of ours; an absent one is the zero value. Times are microseconds
// since 1970, durations microseconds. Every value is an int64 or a string: the
// library writes an int as 32 bits.
const (
	headerAttempt   = "actor-attempt"
	headerFirstSent = "actor-first-sent"
	headerFirstDue  = "actor-first-due"
	headerError     = "actor-error"
	headerFailedAt  = "actor-failed-at"
	headerRemaining = "actor-remaining"
	headerHold      = "actor-hold"
	headerDue       = "actor-due"
	headerDeadline  = "actor-deadline"

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

// publishing translates an envelope that was checked into the exchange, the
// routing key and the message that carry it. A copy whose headers cannot be
// sent goes out without them: its original, perhaps of another program, would
// come back for ever.
func publishing(e *actor.Envelope, appID string, now time.Time) (exchange, key string, p amqp.Publishing, err error) {
	if !e.IsCopy() {
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
	if e.ContentType != "" || e.DeadLetter {
		p.ContentType = e.ContentType
	}
	if e.Persistent {
		p.DeliveryMode = amqp.Persistent
	}
	if e.Priority > 0 { // no priority is the lowest one
		p.Priority = uint8(min(e.Priority, 255))
	}
	p.Headers = userHeaders(headers)
	exchange = delayHeaders(e, &p, now)
	failureHeaders(e, &p)
	if e.Remaining > 0 {
		setHeader(&p, headerRemaining, e.Remaining.Microseconds())
	}
	if !e.Deadline.IsZero() {
		setHeader(&p, headerDeadline, e.Deadline.UnixMicro())
	}
	return exchange, key, p, checkSizes(e.Prefix, key, &p, limit)
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
		p.Headers = make(amqp.Table, layout.Headers(way.level))
	}
	layout.Address(p.Headers, way.steps)
	return layout.Level(e.Prefix, way.level)
}

func failureHeaders(e *actor.Envelope, p *amqp.Publishing) {
	if e.Attempt > 0 {
		setHeader(p, headerAttempt, int64(e.Attempt))
	}
	if !e.FirstSent.IsZero() {
		setHeader(p, headerFirstSent, e.FirstSent.UnixMicro())
	}
	if !e.FirstDue.IsZero() {
		setHeader(p, headerFirstDue, e.FirstDue.UnixMicro())
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

// checkSizes refuses what would close the connection for everybody.
func checkSizes(prefix, key string, p *amqp.Publishing, limit int) error {
	for _, s := range [...]struct {
		what  string
		bytes int
	}{
		{"queue name", len(key)}, {"actor name", len(p.Type)}, {"message ID", len(p.MessageId)},
		{"content type", len(p.ContentType)}, {"prefixed delay exchange's name", len(prefix) + len(layout.LongestName)},
	} {
		if s.bytes > maxShortString {
			return fmt.Errorf("%s has %d bytes, at most %d are allowed", s.what, s.bytes, maxShortString)
		}
	}
	if len(p.Headers) == 0 {
		return nil
	}
	return (&scale{limit: limit}).table(p.Headers, 0)
}
