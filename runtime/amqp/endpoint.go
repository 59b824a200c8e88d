package amqp

import (
	"context"
	"errors"
	"math"
	"net"
	"strconv"
	"strings"

	amqp "github.com/rabbitmq/amqp091-go"
)

// endpoint is one host of a URL, without the credentials: those are asked for
// at every attempt.
type endpoint struct {
	host       string
	port       int
	tls        bool
	vhost      string
	mechanisms []string
	channelMax uint16
}

// address is what is dialled; unlike the URL it may be logged.
func (e endpoint) address() string { return net.JoinHostPort(e.host, strconv.Itoa(e.port)) }

// login returns user and password for one attempt to connect.
type login func(ctx context.Context) (user, password string, err error)

// errURL never carries the parser's own text, which quotes the password.
var errURL = errors.New("amqp: the URL is not of the form amqp[s]://user:password@host[:port][,host…]/vhost " +
	"(reserved characters in user, password and vhost must be percent-encoded)")

// parseURL returns an endpoint for every host of a URL, and the credentials in
// it. They live on in the function alone, which prints as an address.
func parseURL(url string) ([]endpoint, login, error) {
	scheme, rest, found := strings.Cut(url, "://")
	if !found {
		return nil, nil, errURL
	}
	authority, path := rest, ""
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority, path = rest[:i], rest[i:]
	}
	if strings.Contains(path, "@") {
		// A bare / in the password: what stands before it would become the
		// host, and hosts are shown.
		return nil, nil, errURL
	}
	userinfo, hosts := "", authority
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		userinfo, hosts = authority[:i+1], authority[i+1:]
	}
	var endpoints []endpoint
	var user, password string
	for host := range strings.SplitSeq(hosts, ",") {
		host = strings.TrimSpace(host)
		uri, err := amqp.ParseURI(scheme + "://" + userinfo + host + path)
		if err != nil || uri.Port > math.MaxUint16 || host == "" && strings.Contains(hosts, ",") {
			return nil, nil, errURL
		}
		if _, err := saslOf(uri.AuthMechanism, "", ""); err != nil {
			return nil, nil, err
		}
		user, password = uri.Username, uri.Password
		endpoints = append(endpoints, endpoint{
			host: uri.Host, port: uri.Port, tls: uri.Scheme == "amqps",
			vhost: uri.Vhost, mechanisms: uri.AuthMechanism, channelMax: uri.ChannelMax,
		})
	}
	return endpoints, func(context.Context) (string, string, error) { return user, password, nil }, nil
}

// saslOf returns the mechanisms to offer, by default PLAIN.
func saslOf(names []string, user, password string) ([]amqp.Authentication, error) {
	if len(names) == 0 {
		names = []string{"PLAIN"}
	}
	var mechanisms []amqp.Authentication
	for _, name := range names {
		switch strings.ToUpper(name) {
		case "PLAIN":
			mechanisms = append(mechanisms, &amqp.PlainAuth{Username: user, Password: password})
		case "AMQPLAIN":
			mechanisms = append(mechanisms, &amqp.AMQPlainAuth{Username: user, Password: password})
		case "EXTERNAL":
			mechanisms = append(mechanisms, &amqp.ExternalAuth{})
		default:
			return nil, errors.New("amqp: auth_mechanism in the URL is none of plain, amqplain, external")
		}
	}
	return mechanisms, nil
}
