package setting

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/actorgen/actorgen/runtime/actor"
)

// Broker is one value of the flag -broker.
type Broker struct {
	// Name is that of the annotations; actor.DefaultName where the flag has none.
	Name string
	// URL holds the password.
	URL string
}

const (
	defaultURL   = "amqp://guest:guest@127.0.0.1:5672/"
	memoryScheme = "memory"
)

var schemes = []string{"amqp", "amqps", memoryScheme}

// Brokers reads URL and name=URL. Without any there is the default broker on
// this machine. The errors do not show the values.
func Brokers(values []string) ([]Broker, error) {
	if len(values) == 0 {
		return []Broker{{actor.DefaultName, defaultURL}}, nil
	}
	var brokers []Broker
	for _, value := range values {
		b, scheme, ok := named(value)
		if !ok {
			return nil, errors.New("a value of -broker is no URL (want URL or name=URL; ACTOR_BROKER is split at spaces)")
		}
		if !slices.Contains(schemes, scheme) {
			return nil, fmt.Errorf("-broker has a URL of scheme %q (want %s)", scheme, strings.Join(schemes, ", "))
		}
		if slices.ContainsFunc(brokers, func(other Broker) bool { return other.Name == b.Name }) {
			return nil, fmt.Errorf("-broker gives broker %q twice (several hosts of one broker go into one URL, separated by commas)", b.Name)
		}
		brokers = append(brokers, b)
	}
	return brokers, nil
}

// named splits URL or name=URL; false where it is neither.
func named(value string) (b Broker, scheme string, ok bool) {
	before, _, ok := strings.Cut(value, "://")
	if name, scheme, named := strings.Cut(before, "="); named {
		return Broker{name, value[len(name)+len("="):]}, scheme, ok
	}
	return Broker{actor.DefaultName, value}, before, ok
}

// InMemory reports whether the broker is one of this process.
func (b Broker) InMemory() bool { return strings.HasPrefix(b.URL, memoryScheme+"://") }

// Redacted returns the URL without user and password. It would rather show too
// little than trust that the URL is well-formed.
func (b Broker) Redacted() string {
	scheme, rest, _ := strings.Cut(b.URL, "://")
	return scheme + "://" + rest[strings.LastIndex(rest, "@")+1:]
}

// APIs reads the values of a flag that gives brokers the URL of an HTTP API: URL
// or name=URL. The errors do not show the values.
func APIs(flag string, values []string) (map[string]string, error) {
	apis := make(map[string]string)
	for _, value := range values {
		b, scheme, ok := named(value)
		if !ok || scheme != "http" && scheme != "https" {
			return nil, fmt.Errorf("the value of -%s is no URL (want http[s]://host:port, or name= and that)", flag)
		}
		if apis[b.Name] != "" {
			return nil, fmt.Errorf("-%s gives broker %q twice", flag, b.Name)
		}
		apis[b.Name] = b.URL
	}
	return apis, nil
}
