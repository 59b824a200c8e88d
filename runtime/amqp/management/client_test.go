package management

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
)

func TestNew(t *testing.T) {
	for address, want := range map[string]Client{
		"http://h:15672":                   {base: "http://h:15672", user: "app", password: "secret"},
		"http://h:15672/":                  {base: "http://h:15672", user: "app", password: "secret"},
		"https://h/rabbit/api/?x=1#y":      {base: "https://h/rabbit", user: "app", password: "secret"},
		"https://me:pass%2Fword@h:443/api": {base: "https://h:443", user: "me", password: "pass/word"},
	} {
		got, err := New(address, "app", "secret")
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		if got.base != want.base || got.user != want.user || got.password != want.password || got.Address() != want.base {
			t.Errorf("%s: got %q, %q, %q", address, got.base, got.user, got.password)
		}
	}
	for _, address := range []string{"", "h:15672", "amqp://u:secret@h", "http://", "http://u:sec/ret@h:1", "http://u:sec%ret@h"} {
		if _, err := New(address, "", ""); err == nil || strings.Contains(err.Error(), "ret") {
			t.Errorf("%q: got %v, want an error without the password", address, err)
		}
	}
}

// serve is an API that answers with a status and a text, and checks how it is
// asked.
func serve(t *testing.T, status int, text string) *Client {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "app" || password != "secret" || r.Method != http.MethodGet {
			t.Errorf("got %s by %q, %q", r.Method, user, password)
		}
		if got := r.UserAgent(); !strings.HasPrefix(got, "actorgen/") || strings.ContainsAny(got, "()") {
			t.Errorf("got user agent %q, want actorgen and its version", got)
		}
		if want := "/api/queues/a%2Fb"; r.URL.EscapedPath() != want {
			t.Errorf("got path %s, want %s", r.URL.EscapedPath(), want)
		}
		w.WriteHeader(status)
		fmt.Fprint(w, text)
	}))
	t.Cleanup(server.Close)
	c, err := New(server.URL, "app", "secret")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestQueues(t *testing.T) {
	got, err := serve(t, http.StatusOK, `[
		{"name": "q", "type": "quorum", "durable": true, "state": "running", "messages": 3,
		 "arguments": {"x-message-ttl": 9007199254740993, "x-overflow": "reject-publish"}},
		{"name": "new", "arguments": []}]`).Queues(t.Context(), "a/b")
	three := 3
	want := []Queue{
		{Name: "q", Type: "quorum", Durable: true, State: "running", Messages: &three,
			Arguments: Table{"x-message-ttl": json.Number("9007199254740993"), "x-overflow": "reject-publish"}},
		{Name: "new", Arguments: Table{}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		status int
		text   string
		want   string
	}{
		{http.StatusUnauthorized, "{}", `user "app"`},
		{http.StatusNotFound, "{}", `virtual host "a/b"`},
		{http.StatusInternalServerError, "{}", "broker's log"},
		{http.StatusOK, "<html>", "15672"},
	} {
		_, err := serve(t, c.status, c.text).Queues(t.Context(), "a/b")
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("status %d: got %v, want it to name %q", c.status, err, c.want)
		}
	}
}

func TestApplying(t *testing.T) {
	policies := []Policy{
		{Name: "low", Pattern: "^a", ApplyTo: "all", Priority: 1},
		{Name: "high", Pattern: "^ab$", ApplyTo: "quorum_queues", Priority: 2},
		{Name: "erlang", Pattern: "(?<!x)a", ApplyTo: "all", Priority: 9},
		{Name: "exchanges", Pattern: "", ApplyTo: "exchanges", Priority: 9},
	}
	for _, c := range []struct{ queue, kind, want string }{
		{"ab", "quorum", "high"}, {"ab", "classic", "low"}, {"abc", "quorum", "low"}, {"b", "quorum", ""},
	} {
		got := ""
		if p := Applying(policies, c.queue, c.kind); p != nil {
			got = p.Name
		}
		if got != c.want {
			t.Errorf("%s queue %q: got policy %q, want %q", c.kind, c.queue, got, c.want)
		}
	}
}
