// Package management asks the HTTP API of RabbitMQ's management plugin for what
// AMQP does not tell: bindings, policies, and messages in every state. It only
// reads, with GET requests.
package management

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/actorgen/actorgen/runtime/version"
)

// requestTimeout bounds one request and its answer.
const requestTimeout = 30 * time.Second

// Client asks one API as one user. All methods may be called concurrently and
// block until the answer is there, for 30 seconds at most.
type Client struct {
	base           string // without credentials
	user, password string
	http           *http.Client
}

var errURL = errors.New("the URL of the management API is not of the form http[s]://user:password@host:port " +
	"(reserved characters in user and password must be percent-encoded; the port is usually 15672)")

// New returns a client of the API at address, such as http://host:15672. User
// and password count where the address has none. The error does not quote it.
func New(address, user, password string) (*Client, error) {
	base, err := url.Parse(address)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, errURL
	}
	if base.User != nil {
		user = base.User.Username()
		password, _ = base.User.Password()
	}
	base.User, base.RawQuery, base.Fragment = nil, "", ""
	text := strings.TrimSuffix(strings.TrimSuffix(base.String(), "/"), "/api")
	return &Client{text, user, password, &http.Client{Timeout: requestTimeout}}, nil
}

// UseTLS makes https connections as config says, by default with the system's
// authorities. It must be called before the first question.
func (c *Client) UseTLS(config *tls.Config) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = config
	c.http.Transport = transport
}

// Address returns the URL of the API without credentials.
func (c *Client) Address() string { return c.base }

// get reads what the API has at a path.
func (c *Client) get(ctx context.Context, into any, path ...string) error {
	address := c.base + "/api"
	for _, part := range path {
		address += "/" + url.PathEscape(part)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	request.SetBasicAuth(c.user, c.password)
	request.Header.Set("User-Agent", "actorgen/"+strings.Trim(version.Library(), "()"))
	response, err := c.http.Do(request)
	if err != nil {
		var network *net.OpError
		var unverified *tls.CertificateVerificationError
		switch {
		case errors.As(err, &unverified):
			err = fmt.Errorf("%w (the certificate of its authority is given with -tls-ca)", err)
		case !errors.As(err, &network):
			err = fmt.Errorf("%w (%s)", err, wrongPort)
		}
		return fmt.Errorf("management API: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return &StatusError{response.StatusCode, c.base, response.Status, hint(response.StatusCode, c.user, path)}
	}
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		return fmt.Errorf("management API at %s: not an answer of RabbitMQ: %w (%s)", c.base, err, wrongPort)
	}
	return nil
}

const wrongPort = "the port of the API is usually 15672, with https 15671"

// StatusError is an answer other than 200.
type StatusError struct {
	// Code is the status.
	Code                  int
	address, status, hint string
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("management API at %s: %s (%s)", e.address, e.status, e.hint)
}

func hint(status int, user string, path []string) string {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Sprintf("check the password of user %q, that it has the tag management, and its permissions in the virtual host", user)
	case http.StatusNotFound:
		if len(path) > 1 {
			return fmt.Sprintf("there is no virtual host %q, or no RabbitMQ", path[1])
		}
		return wrongPort
	}
	return "try again, or see the broker's log"
}
