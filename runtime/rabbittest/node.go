package rabbittest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Options describe a private node. The zero value is a plain one.
type Options struct {
	// Config is appended to the node's rabbitmq.conf. Defaults to nothing.
	Config string
	// Advanced is the node's advanced.config, the Erlang terms for what has no
	// word in rabbitmq.conf. Defaults to nothing.
	Advanced string
	// TLS adds a listener for amqps beside the plain one. Defaults to none.
	TLS *TLS
	// Management enables the management plugin, with its HTTP API on a port of
	// loopback. Defaults to false.
	Management bool
	// Plugins are enabled besides, such as rabbitmq_auth_mechanism_ssl.
	// Defaults to none.
	Plugins []string
}

// bootTimeout bounds one start of a node; 6 to 12 seconds are usual on an
// idle machine.
const bootTimeout = 2 * time.Minute

// Node is a private RabbitMQ: free ports on loopback, its own node name,
// cookie, port mapper (epmd), data and log. Its methods may be called
// concurrently, one waits for the other.
type Node struct {
	installation installation
	name         string
	directory    string // as this process sees it
	ports        ports
	guard        *guard
	// member says that the node belongs to a cluster, whose first node runs the
	// mapper.
	member bool

	mu      sync.Mutex // guards the fields below
	mapper  *process
	broker  *process
	version string
	closed  bool
}

// ports are those of a node, all on loopback. tls and management are zero where
// there is none.
type ports struct{ amqp, tls, management, distribution, mapper int }

const portsPerNode = 5

// MustStart is Start for a test: it fails the test where Start returns an
// error, and cleans up when the test ends.
func MustStart(t testing.TB, o Options) *Node {
	t.Helper()
	n, err := Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Cleanup(); err != nil {
			t.Error(err)
		}
	})
	return n
}

// Start starts a node and returns when it takes connections. It is of the
// release that ReleaseVariable names, and installed or unpacked where [Open]
// would. Several nodes may run at once. The caller must
// call Cleanup; if the process ends without it, however that comes, the node
// ends and its files go too.
func Start(ctx context.Context, o Options) (*Node, error) {
	found, err := findForNode(ctx)
	if err != nil {
		return nil, err
	}
	return start(ctx, found, o)
}

// findForNode finds a server for nodes, which no other broker can stand in for.
func findForNode(ctx context.Context) (installation, error) {
	r, err := wanted()
	if err != nil {
		return installation{}, err
	}
	found, err := r.find(ctx)
	if err != nil {
		return installation{}, fmt.Errorf("no node of %s for the test: %s (%w)", r, strings.Join(r.waysOut(), " or "), err)
	}
	return found, nil
}

func start(ctx context.Context, i installation, o Options) (*Node, error) {
	free, err := freePorts(portsPerNode)
	if err != nil {
		return nil, err
	}
	n, err := prepare(i, o, free)
	if err != nil {
		return nil, err
	}
	err = errors.Join(n.configure(o), n.boot(ctx))
	if err == nil {
		err = n.awaitManagement(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start a RabbitMQ node: %w", err), n.Cleanup())
	}
	return n, nil
}

// prepare makes a node that has a directory and a guard, and does not run.
func prepare(i installation, o Options, free []int) (*Node, error) {
	directory, err := os.MkdirTemp(i.temporary(), "actorgen-rabbitmq-")
	if err != nil {
		return nil, err
	}
	guard, err := startGuard(removeNode, directory)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(directory))
	}
	n := &Node{
		installation: i,
		name:         filepath.Base(directory) + "@localhost",
		directory:    directory,
		ports:        ports{amqp: free[0], distribution: free[1], mapper: free[2]},
		guard:        guard,
	}
	if o.TLS != nil {
		n.ports.tls = free[3]
	}
	if o.Management {
		n.ports.management = free[4]
	}
	return n, nil
}

// URL connects as the administrator to virtual host "/".
func (n *Node) URL() string { return n.vhostURL("/") }

// Addr returns the host and port of the AMQP listener, for a [Proxy].
func (n *Node) Addr() string { return loopback(n.ports.amqp) }

func (n *Node) vhostURL(vhost string) string {
	return "amqp://guest:guest@" + n.Addr() + "/" + url.PathEscape(vhost)
}

// Cleanup ends the node at once and removes its files. Only the first call
// does anything; the node is of no use afterwards.
func (n *Node) Cleanup() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return nil
	}
	n.closed = true
	err := n.kill()
	if n.mapper != nil {
		err = errors.Join(err, n.mapper.kill())
	}
	if released := n.guard.release(); released != nil {
		err = errors.Join(err, fmt.Errorf("remove %q: %w", n.directory, released))
	}
	return err
}
