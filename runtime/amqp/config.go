package amqp

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"
)

// Config configures a [Transport]. The zero value works against a local broker.
type Config struct {
	// URL is amqp://user:password@host:port/vhost, or amqps for TLS. Several
	// hosts, separated by commas, are tried in turn from a random start; a
	// host without a port takes the scheme's. Query parameters other than
	// auth_mechanism are not used.
	// Defaults to amqp://guest:guest@127.0.0.1:5672/.
	URL string
	// MaxDelay is the longest delay that the broker holds in one piece, at
	// most 2 years. It fixes how many delay levels are declared.
	// Defaults to 168 hours.
	MaxDelay time.Duration
	// Lazy makes Dial return at once and connect in the background.
	// Defaults to false.
	Lazy bool
	// Declare says whether queues and delay levels are declared.
	// Defaults to DeclareAlways.
	Declare Declare
	// Heartbeat is the interval after which a silent connection is probed,
	// in whole seconds; it is found dead after about 1.5 intervals.
	// Defaults to 5 seconds.
	Heartbeat time.Duration
	// DialTimeout bounds one attempt to connect, from the TCP handshake to
	// the end of the AMQP handshake. Defaults to 10 seconds.
	DialTimeout time.Duration
	// TLS configures amqps connections; the server name is filled in for each
	// host. Defaults to the system's certificates.
	TLS *tls.Config
	// Logger receives one line for each change of state.
	// Defaults to slog.Default().
	Logger *slog.Logger
	// Name names the connections in the broker's management and is the
	// app_id of messages. Defaults to the name of the program.
	Name string
}

// Declare says what a transport may do about queues and delay levels.
type Declare string

const (
	// DeclareAlways declares what is missing. The empty value means the same.
	DeclareAlways Declare = "always"
	// DeclareCheck only checks that queues exist. Their arguments are not
	// verified: a passive declaration does not compare them.
	DeclareCheck Declare = "check"
	// DeclareNever neither declares nor checks.
	DeclareNever Declare = "never"
)

const (
	defaultURL         = "amqp://guest:guest@127.0.0.1:5672/"
	defaultMaxDelay    = 168 * time.Hour
	defaultHeartbeat   = 5 * time.Second
	defaultDialTimeout = 10 * time.Second
	// rpcTimeout bounds a method that waits for the broker's reply. A broker
	// that takes longer is as good as gone: the connection is dropped.
	rpcTimeout = 10 * time.Second
	// closeTimeout bounds the farewell to the broker.
	closeTimeout = 2 * time.Second
	// maxMaxDelay is what the largest time to live that RabbitMQ takes leaves.
	maxMaxDelay = 2 * 365 * 24 * time.Hour
)

// withDefaults returns c with its defaults filled in, or says what is wrong.
func (c Config) withDefaults() (Config, error) {
	if c.URL == "" {
		c.URL = defaultURL
	}
	if c.MaxDelay == 0 {
		c.MaxDelay = defaultMaxDelay
	}
	if c.MaxDelay < 0 || c.MaxDelay > maxMaxDelay {
		return c, fmt.Errorf("amqp: MaxDelay %s is not between 0 and %s", c.MaxDelay, maxMaxDelay)
	}
	switch c.Declare {
	case "":
		c.Declare = DeclareAlways
	case DeclareAlways, DeclareCheck, DeclareNever:
	default:
		return c, fmt.Errorf("amqp: Declare %q is none of %q, %q, %q", c.Declare, DeclareAlways, DeclareCheck, DeclareNever)
	}
	if c.Heartbeat == 0 {
		c.Heartbeat = defaultHeartbeat
	}
	if c.Heartbeat < time.Second {
		return c, fmt.Errorf("amqp: Heartbeat %s is under a second", c.Heartbeat)
	}
	if c.DialTimeout == 0 {
		c.DialTimeout = defaultDialTimeout
	}
	if c.DialTimeout < 0 {
		return c, fmt.Errorf("amqp: DialTimeout %s is negative", c.DialTimeout)
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Name == "" {
		c.Name = filepath.Base(os.Args[0])
	}
	if len(c.Name) > maxShortString {
		return c, fmt.Errorf("amqp: Name has %d bytes, at most %d are allowed", len(c.Name), maxShortString)
	}
	return c, nil
}
