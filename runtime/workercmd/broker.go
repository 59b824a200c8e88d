package workercmd

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/actorgen/actorgen/runtime/actor"
)

// broker is one value of the flag -broker.
type broker struct{ name, url string }

const (
	defaultURL   = "amqp://guest:guest@127.0.0.1:5672/"
	memoryScheme = "memory"
)

var schemes = []string{"amqp", "amqps", memoryScheme}

// parseBrokers reads URL and name=URL. Without any there is the default broker
// on this machine. The errors do not show the values, which hold passwords.
func parseBrokers(values []string) ([]broker, error) {
	if len(values) == 0 {
		return []broker{{actor.DefaultName, defaultURL}}, nil
	}
	var brokers []broker
	for _, value := range values {
		b := broker{name: actor.DefaultName, url: value}
		before, _, ok := strings.Cut(value, "://")
		if !ok {
			return nil, errors.New("the value of -broker is no URL (want URL or name=URL)")
		}
		name, scheme, named := strings.Cut(before, "=")
		if named {
			b = broker{name: name, url: value[len(name)+len("="):]}
		} else {
			scheme = before
		}
		if !slices.Contains(schemes, scheme) {
			return nil, fmt.Errorf("-broker has a URL of scheme %q (want %s)", scheme, strings.Join(schemes, ", "))
		}
		if slices.ContainsFunc(brokers, func(other broker) bool { return other.name == b.name }) {
			return nil, fmt.Errorf("-broker gives broker %q twice (several hosts of one broker go into one URL, separated by commas)", b.name)
		}
		brokers = append(brokers, b)
	}
	return brokers, nil
}

func (b broker) inMemory() bool { return strings.HasPrefix(b.url, memoryScheme+"://") }

// redacted returns the URL without user and password. It would rather show too
// little than trust that the URL is well-formed.
func (b broker) redacted() string {
	scheme, rest, _ := strings.Cut(b.url, "://")
	return scheme + "://" + rest[strings.LastIndex(rest, "@")+1:]
}
