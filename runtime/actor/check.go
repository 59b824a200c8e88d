package actor

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// seal turns m into the envelope that the transport sends, or says why no
// broker should see it.
func (r *route) seal(e *Envelope, m *Message, prefix string) error {
	delay, err := r.delay(m)
	if err != nil {
		return err
	}
	headers, reason := checkHeaders(m.Headers)
	priority := r.publish.priority
	if m.Priority != nil {
		priority = *m.Priority
	}
	switch {
	case reason != "":
	case m.ID == "" || len(m.ID) > maxNameBytes:
		reason = fmt.Sprintf("the message ID has %d bytes, 1 to %d are allowed", len(m.ID), maxNameBytes)
	case len(m.Actor) > maxNameBytes:
		reason = fmt.Sprintf("the actor's name has %d bytes, %d are allowed", len(m.Actor), maxNameBytes)
	case len(r.queue.DeadLetterName()) > maxNameBytes:
		reason = fmt.Sprintf("the queue's name with its prefix and %q has %d bytes, %d are allowed",
			DeadLetterSuffix, len(r.queue.DeadLetterName()), maxNameBytes)
	case len(m.Body) > maxBodyBytes:
		reason = fmt.Sprintf("the arguments take %d bytes, %d are allowed (store large data elsewhere and send its key)",
			len(m.Body), maxBodyBytes)
	case priority < NoPriority || priority > math.MaxUint8:
		reason = fmt.Sprintf("priority %d is not within 0 to 255", priority)
	}
	if reason != "" {
		return &InvalidMessageError{Actor: m.Actor, Queue: r.queue.Name, Reason: reason}
	}
	*e = Envelope{
		ID:         m.ID,
		Actor:      m.Actor,
		Body:       m.Body,
		Headers:    headers,
		Queue:      &r.queue,
		Prefix:     prefix,
		Delay:      delay,
		Priority:   priority,
		Confirm:    r.publish.confirm,
		Mandatory:  r.publish.mandatory,
		Persistent: r.publish.persistent,
		Timeout:    r.publish.timeout,
	}
	return nil
}

// delay returns how long m is to be held: not clamped, but refused where it
// makes no sense.
func (r *route) delay(m *Message) (time.Duration, error) {
	delay := m.Delay
	if !m.At.IsZero() {
		// Sub saturates, so that a time beyond every duration is too long.
		delay = max(0, time.Until(m.At))
	}
	if delay < 0 {
		return 0, &InvalidMessageError{Actor: m.Actor, Queue: r.queue.Name,
			Reason: fmt.Sprintf("delay %s is negative", delay)}
	}
	if delay > r.publish.maxDelay {
		return 0, &DelayTooLongError{Actor: m.Actor, Queue: r.queue.Name, Delay: delay, MaxDelay: r.publish.maxDelay}
	}
	return delay, nil
}

// checkHeaders returns the headers with every integer as int64, or the reason
// why they are refused.
func checkHeaders(headers map[string]any) (map[string]any, string) {
	if len(headers) == 0 {
		return nil, ""
	}
	checked := make(map[string]any, len(headers))
	size := 0
	for name, value := range headers {
		lower := strings.ToLower(name)
		switch {
		case name == "" || len(name) > maxNameBytes:
			return nil, fmt.Sprintf("header name %q has %d bytes, 1 to %d are allowed", shorten(name, 40), len(name), maxNameBytes)
		case name == "CC" || name == "BCC" || strings.HasPrefix(lower, "x-") || strings.HasPrefix(lower, "actor-"):
			return nil, fmt.Sprintf("header %q is reserved (CC, BCC, x-* and actor-* are)", name)
		}
		plain, n := plainHeader(value)
		if plain == nil {
			return nil, fmt.Sprintf("header %q has a value of type %T (string, []byte and integers of 64 signed bits are allowed)", name, value)
		}
		checked[name] = plain
		size += len(name) + n
	}
	if size > maxHeaderBytes {
		return nil, fmt.Sprintf("the headers take %d bytes, %d are allowed", size, maxHeaderBytes)
	}
	return checked, ""
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

// shorten returns text cut to at most n bytes, at a rune's start.
func shorten(text string, n int) string {
	if len(text) <= n {
		return text
	}
	const ellipsis = "…"
	return strings.ToValidUTF8(text[:n-len(ellipsis)], "") + ellipsis
}
