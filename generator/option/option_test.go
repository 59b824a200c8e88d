package option

import (
	"strings"
	"testing"
	"time"
)

func TestValues(t *testing.T) {
	tests := []struct {
		scope     Scope
		key, text string
		want      any
	}{
		{Task, "name", "a.B_c-9", "a.B_c-9"},
		{Task, "var", "SendMail", "SendMail"},
		{Task, "queue", "two words/ü", "two words/ü"},
		{Task, "confirm", "false", false},
		{Task, "confirm-timeout", "1m30s", 90 * time.Second},
		{Task, "max-delay", "none", time.Duration(0)},
		{Task, "max-age", "24h", 24 * time.Hour},
		{Task, "priority", "none", Const("NoPriority")},
		{Task, "priority", "0", 0},
		{Task, "priority", "255", 255},
		{Task, "ack", "async", Const("AckAsync")},
		{Task, "timeout", "25m", 25 * time.Minute},
		{Task, "timeout", "none", time.Duration(0)},
		{Task, "min-backoff", "0s", time.Duration(0)},
		{Task, "max-retries", "0", 0},
		{Queue, "type", "classic", Const("Classic")},
		{Queue, "overflow", "drop-head", Const("DropHead")},
		{Queue, "dead-letter-ttl", "168h", 168 * time.Hour},
	}
	for _, test := range tests {
		o, ok := Find(test.scope, test.key)
		if !ok {
			t.Errorf("%s: not found", test.key)
			continue
		}
		if got, err := o.Kind.Parse(test.text); err != nil || got != test.want {
			t.Errorf("%s=%s: got %v, %v, want %v", test.key, test.text, got, err, test.want)
		}
	}
}

func TestRefusedValues(t *testing.T) {
	tests := []struct{ key, text, want string }{
		{"name", "", "has no value"},
		{"name", `""`, "pair of quotes"},
		{"name", "ü", "contains 'ü'"},
		{"name", strings.Repeat("n", 128), "128 bytes"},
		{"var", "sendMail", "not exported"},
		{"var", "Send-Mail", "not a Go identifier"},
		{"queue", "a\nb", `contains '\n'`},
		{"queue", "amq.x", "reserved"},
		{"queue", "actor.delay.v1.00", "reserved"},
		{"queue", "a.RQ", "reserved"},
		{"queue", "\xff", "not valid UTF-8"},
		{"confirm", "TRUE", "neither true nor false"},
		{"max-delay", "0s", "is zero"},
		{"timeout", "25m1ns", "is over 25m"},
		{"timeout", "nil", "is not a duration"},
		{"min-backoff", "-1s", "is negative"},
		{"max-retries", "-1", "out of range"},
		{"max-retries", "99999999999999999999", "not a whole number"},
		{"priority", "256", "out of range"},
		{"ack", "sinc", "did you mean sync?"},
	}
	for _, test := range tests {
		o, _ := Find(Task, test.key)
		if got, err := o.Kind.Parse(test.text); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s=%s: got %v, %v, want an error with %q", test.key, test.text, got, err, test.want)
		}
	}
}

// TestTable holds the table together: defaults that can be written are legal,
// and nothing is left unexplained.
func TestTable(t *testing.T) {
	words := map[string]bool{"<package>.<Actor>": true, "the function's name, exported": true, "the transport's": true,
		"none": true, "no limit": true, "for ever": true, "follows the slots": true, "the worker's": true}
	for _, o := range Table {
		if o.Meaning == "" || o.Kind.Syntax == "" || o.Default == "" {
			t.Errorf("%s: got an incomplete entry %+v", o.Key, o)
		}
		if _, err := o.Kind.Parse(o.Default); err != nil && !words[o.Default] {
			t.Errorf("%s: got default %q, which %v", o.Key, o.Default, err)
		}
		if _, err := o.Kind.Parse(o.Example); err != nil || o.Example == o.Default {
			t.Errorf("%s: got example %q, want a legal value that is not the default: %v", o.Key, o.Example, err)
		}
		if (o.Struct == "") != (o.Field == "") {
			t.Errorf("%s: got struct %q and field %q, want both or neither", o.Key, o.Struct, o.Field)
		}
	}
}

// FuzzValues: whatever a key is set to, there is a value of one of the types that
// the generator knows, or one line that completes a sentence.
func FuzzValues(f *testing.F) {
	for _, o := range Table {
		f.Add(o.Default)
	}
	for _, text := range []string{`""`, "``", `"x"`, "none", "-1", "1e9", "+5", "0x10", "1h2m3s4ms5us6ns", ".5s", "9223372036854775807ns", "9223372036854775808ns", "\xff", "a.RQ", "Ünter"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, o := range Table {
			value, err := o.Kind.Parse(text)
			if err != nil {
				if err.Error() == "" || strings.ContainsAny(err.Error(), "\n") {
					t.Errorf("%s=%q: got error %q", o.Key, text, err)
				}
				continue
			}
			switch v := value.(type) {
			case time.Duration:
				written, err := o.Kind.Parse(FormatDuration(v))
				if text != "none" && (err != nil || written != v || v < 0) {
					t.Errorf("%s=%q: got %v, which is written %s and read as %v, %v", o.Key, text, v, FormatDuration(v), written, err)
				}
			case int:
				if v < 0 || o.Struct == "" {
					t.Errorf("%s=%q: got %d", o.Key, text, v)
				}
			case string:
				if v != text || o.Struct != "" || len(v) > maxName && o.Key != "var" {
					t.Errorf("%s=%q: got %q", o.Key, text, v)
				}
			case bool, Const:
			default:
				t.Errorf("%s=%q: got a %T", o.Key, text, value)
			}
		}
	})
}
