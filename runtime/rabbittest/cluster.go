package rabbittest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// formTimeout bounds the wait for nodes that have started to know each other.
const formTimeout = time.Minute

// formation makes nodes that start at once find each other. They take turns: the
// first one finds nobody, which it should not wait for, and the others find it.
const formation = `cluster_formation.peer_discovery_backend = classic_config
cluster_formation.discovery_retry_limit = 1
cluster_formation.discovery_retry_interval = 100
`

// Cluster is several private nodes that make one broker.
type Cluster struct {
	// Nodes are its members. Each can be stopped, killed, paused and started
	// again on its own; Cleanup is the cluster's to call.
	Nodes []*Node
}

// MustStartCluster starts size nodes, with o for each, and returns when all of
// them are members of one cluster and take connections, which takes about as
// long as the start of size nodes on the machine's processors. It fails the test
// where that cannot be had, and cleans up when the test ends. Like a single node
// the nodes leave nothing behind, however the process ends.
func MustStartCluster(t testing.TB, size int, o Options) *Cluster {
	t.Helper()
	c, err := startCluster(context.Background(), size, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.cleanup(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func startCluster(ctx context.Context, size int, o Options) (*Cluster, error) {
	found, err := findForNode(ctx)
	if err != nil {
		return nil, err
	}
	for attempt := 1; ; attempt++ {
		c := &Cluster{}
		err := c.prepare(found, size, o)
		if err == nil {
			err = c.boot(ctx)
		}
		if err == nil {
			return c, nil
		}
		err = errors.Join(fmt.Errorf("start a RabbitMQ cluster: %w", err), c.cleanup())
		if attempt == startAttempts || !errors.Is(err, errEnded) {
			return nil, err
		}
	}
}

// startAttempts is how often a cluster is started one of whose nodes gives up,
// as it may when two find each other at the same moment.
const startAttempts = 3

// prepare makes nodes that do not run but have all that lets them find each
// other: one mapper, one cookie, and the names of all.
func (c *Cluster) prepare(i installation, size int, o Options) error {
	free, err := freePorts(size * portsPerNode) // together, so that all differ
	if err != nil {
		return err
	}
	for member := range size {
		n, err := prepare(i, o, free[member*portsPerNode:])
		if err != nil {
			return err
		}
		c.Nodes = append(c.Nodes, n)
	}
	var peers strings.Builder
	peers.WriteString(formation)
	for i, n := range c.Nodes {
		n.member = true
		n.ports.mapper = c.Nodes[0].ports.mapper
		fmt.Fprintf(&peers, "cluster_formation.classic_config.nodes.%d = %s\n", i+1, n.name)
	}
	o.Config = peers.String() + o.Config
	cookie := []byte(rand.Text())
	for _, n := range c.Nodes {
		if err := errors.Join(n.configure(o), os.WriteFile(n.path("home/.erlang.cookie"), cookie, 0o400)); err != nil {
			return err
		}
	}
	return nil
}

// boot starts all nodes at once and waits until they are one cluster.
func (c *Cluster) boot(ctx context.Context) error {
	if err := c.Nodes[0].startMapper(); err != nil {
		return err
	}
	if err := c.each(func(n *Node) error { return n.boot(ctx) }); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, formTimeout)
	defer cancel()
	_, err := c.Nodes[0].Ctl(ctx, "await_online_nodes", strconv.Itoa(len(c.Nodes)), "--quiet")
	return err
}

func (c *Cluster) cleanup() error { return c.each((*Node).Cleanup) }

// each calls f for all nodes at once and waits for all calls.
func (c *Cluster) each(f func(*Node) error) error {
	errs := make([]error, len(c.Nodes))
	var all sync.WaitGroup
	for i, n := range c.Nodes {
		all.Go(func() { errs[i] = f(n) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// URL connects as the administrator to virtual host "/" of whichever node takes
// the connection: it lists the hosts of all, separated by commas.
func (c *Cluster) URL() string {
	hosts := make([]string, len(c.Nodes))
	for i, n := range c.Nodes {
		hosts[i] = n.Addr()
	}
	return "amqp://guest:guest@" + strings.Join(hosts, ",") + "/"
}

// Leader returns the node that leads a quorum queue of virtual host "/", as the
// running nodes see it: for a moment after its end that may be one that has
// ended. It takes about a second. It is an error where no node runs or leads.
func (c *Cluster) Leader(ctx context.Context, queue string) (*Node, error) {
	leaders, err := c.list(ctx, "list_queues", "name", "leader")
	if err != nil {
		return nil, err
	}
	for _, n := range c.Nodes {
		if leaders[queue] == n.name {
			return n, nil
		}
	}
	return nil, fmt.Errorf("no node leads queue %q: %v", queue, leaders)
}

// Host returns the node that serves the connection of a client by the name that
// it gave itself; of several connections of that name, any. It takes about a
// second. It is an error where no running node knows the name.
func (c *Cluster) Host(ctx context.Context, connection string) (*Node, error) {
	connections, err := c.list(ctx, "list_connections", "pid", "client_properties")
	if err != nil {
		return nil, err
	}
	for process, properties := range connections {
		if !strings.Contains(properties, strconv.Quote(connection)) {
			continue
		}
		for _, n := range c.Nodes {
			if strings.HasPrefix(process, "<"+n.name+".") {
				return n, nil
			}
		}
	}
	return nil, fmt.Errorf("no node serves connection %q: %v", connection, connections)
}

// list asks a running node for a list of two columns and returns it as a map
// from the first to the second.
func (c *Cluster) list(ctx context.Context, command, key, value string) (map[string]string, error) {
	i := slices.IndexFunc(c.Nodes, (*Node).running)
	if i < 0 {
		return nil, errNotRunning
	}
	output, err := c.Nodes[i].Ctl(ctx, command, key, value, "--quiet", "--no-table-headers")
	if err != nil {
		return nil, err
	}
	list := map[string]string{}
	for line := range strings.Lines(output) {
		k, v, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		list[k] = v
	}
	return list, nil
}
