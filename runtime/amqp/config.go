package amqp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"
)

// Config configures a [Transport]. The zero value works against a local broker.
type Config struct {
	// URL is amqp://user:password@host:port/vhost, or amqps for TLS. Several
	// hosts, separated by commas, are tried in turn from a random start, and
	// again after the loss of a connection, beginning with the host after the
	// lost one; so are the addresses of one name. A host without a port takes
	// the scheme's. Query parameters other than auth_mechanism are not used.
	// Defaults to amqp://guest:guest@127.0.0.1:5672/.
	URL string
	// Credentials returns user and password in place of the URL's, for those
	// that change. It is asked before every attempt to connect, by several
	// goroutines at once, and has to return when its context ends, which is
	// within DialTimeout: Close waits for it. Its error makes the attempt fail
	// like a broker that cannot be reached, so it is tried again, also by Dial;
	// its text is logged, once until it changes, and part of Dial's error, so
	// it must hold no secret. A connection that is up outlives its credentials
	// unless the broker ends it.
	// Defaults to what the URL says.
	Credentials func(ctx context.Context) (user, password string, err error)
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
	// Heartbeat is the interval, in whole seconds, in which either side of an
	// idle connection shows that it lives; one that is dead is found after
	// about 1.5 intervals. While messages are in flight it takes 3 seconds:
	// a broker that says nothing for 2 seconds is asked for a sign of life.
	// Defaults to 5 seconds.
	Heartbeat time.Duration
	// DialTimeout bounds one attempt to connect to one host, from the question
	// for the credentials to the end of the AMQP handshake. The TCP handshake
	// with each address has at most 2 seconds of it, and an attempt while
	// another host has not been asked at most 4.
	// Defaults to 10 seconds.
	DialTimeout time.Duration
	// TLS configures amqps connections: own authorities in RootCAs, the
	// client's certificate in Certificates, or GetClientCertificate where it is
	// renewed while the program runs. ServerName is filled in for each host
	// unless it is set. It must not be changed after Dial.
	// Defaults to the system's authorities, no client certificate and TLS 1.2
	// or newer.
	TLS *tls.Config
	// TLSFiles are the files of amqps connections, for certificates that are
	// renewed. What they hold counts more than what TLS has of it.
	// Defaults to none.
	TLSFiles TLSFiles
	// Logger receives one line for each change of state.
	// Defaults to slog.Default().
	Logger *slog.Logger
	// Name names the connections in the broker's management and is the
	// app_id of messages. Defaults to the name of the program.
	Name string

	// idle is how long a subscription may be quiet before it is renewed.
	// Defaults to defaultIdle.
	idle time.Duration
}

// Declare says what a transport may do about queues and delay levels. In every
// mode a message that no queue takes is an error to its sender, unless that
// asked for less, and a queue that exists with other arguments than the actor's
// annotation says takes its messages all the same. Each contradiction is logged
// once.
type Declare string

const (
	// DeclareAlways declares what is missing, when a message finds it missing
	// or the broker would not tell: before the first delay, the first message
	// without a confirm, and the first delivery of each connection. Where the
	// user may not declare, it does what DeclareCheck does, and says so. The
	// empty value means the same.
	DeclareAlways Declare = "always"
	// DeclareCheck creates nothing. Once for each connection it asks whether a
	// queue, and for a delay its levels, exist, which needs no permission. The
	// queue's arguments are compared where the user has permission to configure
	// it, by declaring what was just found, which would create a queue that is
	// deleted in that very moment; elsewhere "queue arguments not verified" is
	// logged. It cannot know whether a queue is bound to the end of the delay
	// levels, which the broker tells nobody: without that binding delayed
	// messages end in the queue actor.delay.v1.lost under the queue prefix.
	DeclareCheck Declare = "check"
	// DeclareNever asks nothing and creates nothing. What is missing shows when
	// the broker returns a message, or closes a channel for a delay whose level
	// does not exist. A delay to a queue that does not exist is confirmed by
	// the first level and ends in the queue actor.delay.v1.lost; a message
	// without a confirm is dropped, and a return of it is only logged.
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
	if c.idle == 0 {
		c.idle = defaultIdle
	}
	if len(c.Name) > maxShortString {
		return c, fmt.Errorf("amqp: Name has %d bytes, at most %d are allowed", len(c.Name), maxShortString)
	}
	return c, nil
}

// resolve fills in the defaults and reads the URL, whose password lives on in the
// credentials alone.
func (c Config) resolve() (Config, []endpoint, error) {
	cfg, err := c.withDefaults()
	if err != nil {
		return cfg, nil, err
	}
	endpoints, fromURL, err := parseURL(cfg.URL)
	if err != nil {
		return cfg, nil, err
	}
	if encrypted := endpoints[0].tls; !encrypted && (cfg.TLS != nil || cfg.TLSFiles != TLSFiles{}) {
		return cfg, nil, errors.New("amqp: Config.TLS or TLSFiles is set, but the URL begins with amqp://, which is not encrypted (write amqps://)")
	}
	if _, err := cfg.TLSFiles.Config(); err != nil {
		return cfg, nil, fmt.Errorf("amqp: %w", err)
	}
	cfg.URL = ""
	if cfg.Credentials == nil {
		cfg.Credentials = fromURL
	}
	return cfg, endpoints, nil
}
