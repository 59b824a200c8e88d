package setting

import (
	"flag"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/runtime/amqp"
)

func TestBrokers(t *testing.T) {
	for name, c := range map[string]struct {
		values []string
		want   []Broker
	}{
		"none":        {nil, []Broker{{"default", "amqp://guest:guest@127.0.0.1:5672/"}}},
		"one":         {[]string{"amqps://u:p@a,b/v"}, []Broker{{"default", "amqps://u:p@a,b/v"}}},
		"named":       {[]string{"x=amqp://a/", "amqp://u:a=b@c/"}, []Broker{{"x", "amqp://a/"}, {"default", "amqp://u:a=b@c/"}}},
		"memory":      {[]string{"memory://"}, []Broker{{"default", "memory://"}}},
		"no URL":      {[]string{"u:secret@h"}, nil},
		"other URL":   {[]string{"http://u:secret@h/"}, nil},
		"given twice": {[]string{"x=amqp://u:secret@h/", "x=amqp://u:secret@h/"}, nil},
	} {
		got, err := Brokers(c.values)
		if !reflect.DeepEqual(got, c.want) || (err == nil) != (c.want != nil) {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %v, want no password in it", name, err)
		}
	}
}

func TestAPIs(t *testing.T) {
	got, err := APIs("api", []string{"http://u:p@h:15672", "x=https://h/"})
	if want := map[string]string{"default": "http://u:p@h:15672", "x": "https://h/"}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	for _, values := range [][]string{{"u:secret@h"}, {"amqp://u:secret@h"}, {"http://u:secret@h", "default=http://u:secret@h"}} {
		if _, err := APIs("api", values); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%d values: got %v, want an error without the password", len(values), err)
		}
	}
}

func TestRedacted(t *testing.T) {
	for url, want := range map[string]string{
		"amqp://u:secret@h:5672/v":        "amqp://h:5672/v",
		"amqp://u:sec/r@et@h,i:1/v":       "amqp://h,i:1/v",
		"amqps://h/":                      "amqps://h/",
		"memory://":                       "memory://",
		"amqp://u:secret@h/v?heartbeat=1": "amqp://h/v?heartbeat=1",
	} {
		if got := (Broker{URL: url}).Redacted(); got != want {
			t.Errorf("redact %q: got %q, want %q", url, got, want)
		}
	}
}

func TestFromEnvironment(t *testing.T) {
	var words Words
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Var(&words, "some-words", "")
	action, other := fs.Bool("action", false, ""), fs.Int("other", 1, "")
	fs.Int("number", 1, "")
	if err := fs.Parse([]string{"-other=2"}); err != nil {
		t.Fatal(err)
	}
	environment := map[string]string{"ACTOR_SOME_WORDS": "a  b", "ACTOR_NUMBER": "x", "ACTOR_ACTION": "true", "ACTOR_OTHER": "3"}
	err := FromEnvironment(fs, func(name string) string { return environment[name] }, "action")
	if err == nil || !strings.Contains(err.Error(), "ACTOR_NUMBER") {
		t.Errorf("got %v, want the invalid variable named", err)
	}
	if !reflect.DeepEqual(words, Words{"a", "b"}) || *action || *other != 2 {
		t.Errorf("got %q, %t, %d, want a and b, false, 2", words, *action, *other)
	}
}

func TestCheckTLS(t *testing.T) {
	files := amqp.TLSFiles{CA: "missing.pem"}
	for _, c := range []struct {
		files amqp.TLSFiles
		urls  []string
		want  string
	}{
		{amqp.TLSFiles{}, []string{"amqp://h/"}, ""},
		{files, []string{"amqp://u:secret@h/", "memory://"}, "write amqps://"},
		{files, []string{"amqp://h/", "amqps://u:secret@h/"}, "missing.pem"},
		{files, []string{"amqp://h/", "https://h/"}, "missing.pem"},
	} {
		err := CheckTLS(c.files, c.urls...)
		if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret")) {
			t.Errorf("%v: got %v, want %q", c.urls, err, c.want)
		}
	}
	for url, want := range map[string]amqp.TLSFiles{"amqps://h/": files, "amqp://h/": {}, "memory://": {}} {
		if got := (Broker{URL: url}).TLSFiles(files); got != want {
			t.Errorf("%s: got %v, want %v", url, got, want)
		}
	}
}
