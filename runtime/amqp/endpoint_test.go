package amqp

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

func TestParseURL(t *testing.T) {
	for _, c := range []struct {
		url       string
		addresses string
		vhost     string
		tls       bool
	}{
		{"amqp://guest:guest@127.0.0.1:5672/", "127.0.0.1:5672", "/", false},
		{"amqps://app:p%40ss@rabbit-1,rabbit-2:5673/prod", "rabbit-1:5671 rabbit-2:5673", "prod", true},
		{"amqp://a,b,c", "a:5672 b:5672 c:5672", "/", false},
		{"amqp://u:p@[::1]:5672,[::2]/v%2Fw", "[::1]:5672 [::2]:5672", "v/w", false},
	} {
		endpoints, _, err := parseURL(c.url)
		if err != nil {
			t.Errorf("parseURL(%q): %v", c.url, err)
			continue
		}
		var addresses []string
		for _, e := range endpoints {
			addresses = append(addresses, e.address())
			if e.vhost != c.vhost || e.tls != c.tls {
				t.Errorf("parseURL(%q): got vhost %q and TLS %t, want %q and %t", c.url, e.vhost, e.tls, c.vhost, c.tls)
			}
		}
		if got := strings.Join(addresses, " "); got != c.addresses {
			t.Errorf("parseURL(%q): got hosts %q, want %q", c.url, got, c.addresses)
		}
	}
}

func TestBadURLsDoNotShowThePassword(t *testing.T) {
	const secret = "s3cr"
	for _, url := range []string{
		"http://u:s3cr@host", "amqp://u:s3cr et@host/", "amqp://u:s3cr%zz@host", "amqp://u:x/s3cr@host", "amqp://u:1/s3cr@host/v",
		"s3cr", "amqp://u:s3cr@host:notaport/", "amqp://u:s3cr@a,b:-1/",
		"amqp://u:s3cr@a,", "amqp://u:s3cr@a,,b", "amqp://u:s3cr@host:99999", "amqp://u:s3cr@host/v?auth_mechanism=s3cr",
	} {
		_, err := Dial(context.Background(), Config{URL: url, Lazy: true})
		if err == nil {
			t.Errorf("Dial(%q): got nil, want an error", url)
			continue
		}
		if text := fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(text, secret) {
			t.Errorf("Dial(%q): the error shows the password: %s", url, text)
		}
	}
}
