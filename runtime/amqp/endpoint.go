package amqp

import (
	"errors"
	"net"
	"strconv"
	"strings"

	amqp "github.com/rabbitmq/amqp091-go"
)

// endpoint is one host of a URL.
type endpoint struct {
	uri amqp.URI
}

// address is what is dialled; unlike the URL it may be logged.
func (e endpoint) address() string {
	return net.JoinHostPort(e.uri.Host, strconv.Itoa(e.uri.Port))
}

func (e endpoint) tls() bool { return e.uri.Scheme == "amqps" }

// errURL never carries the parser's own text, which quotes the password.
var errURL = errors.New("amqp: the URL is not of the form amqp[s]://user:password@host[:port][,host…]/vhost " +
	"(reserved characters in user, password and vhost must be percent-encoded)")

// parseURL returns an endpoint for every host of a URL.
func parseURL(url string) ([]endpoint, error) {
	scheme, rest, found := strings.Cut(url, "://")
	if !found {
		return nil, errURL
	}
	authority, path := rest, ""
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority, path = rest[:i], rest[i:]
	}
	user, hosts := "", authority
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		user, hosts = authority[:i+1], authority[i+1:]
	}
	var endpoints []endpoint
	for host := range strings.SplitSeq(hosts, ",") {
		uri, err := amqp.ParseURI(scheme + "://" + user + strings.TrimSpace(host) + path)
		if err != nil {
			return nil, errURL
		}
		if _, err := saslOf(uri); err != nil {
			return nil, err
		}
		endpoints = append(endpoints, endpoint{uri})
	}
	return endpoints, nil
}

// saslOf returns the mechanisms to offer, by default PLAIN.
func saslOf(uri amqp.URI) ([]amqp.Authentication, error) {
	if len(uri.AuthMechanism) == 0 {
		return []amqp.Authentication{uri.PlainAuth()}, nil
	}
	var mechanisms []amqp.Authentication
	for _, name := range uri.AuthMechanism {
		switch strings.ToUpper(name) {
		case "PLAIN":
			mechanisms = append(mechanisms, uri.PlainAuth())
		case "AMQPLAIN":
			mechanisms = append(mechanisms, uri.AMQPlainAuth())
		case "EXTERNAL":
			mechanisms = append(mechanisms, &amqp.ExternalAuth{})
		default:
			return nil, errors.New("amqp: auth_mechanism in the URL is none of plain, amqplain, external")
		}
	}
	return mechanisms, nil
}
