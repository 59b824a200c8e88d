package rabbittest

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// loopbackOnly keeps Erlang's own listeners on loopback, and leaves the port
// mapper to us: one that Erlang starts would outlive the node.
const loopbackOnly = "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}"

// configure writes the files that the node reads.
func (n *Node) configure(o Options) error {
	if err := os.Mkdir(n.path("home"), 0o700); err != nil {
		return err
	}
	plugins, config := slices.Clone(o.Plugins), fmt.Sprintf("listeners.tcp.1 = %s\n", n.Addr())
	if o.Management {
		plugins = append(plugins, "rabbitmq_management")
		config += fmt.Sprintf("management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = %d\n", n.ports.management)
	}
	if err := os.WriteFile(n.path("enabled_plugins"), []byte("["+strings.Join(plugins, ",")+"].\n"), 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(n.path("advanced.config"), []byte(cmp.Or(o.Advanced, "[].")+"\n"), 0o600); err != nil {
		return err
	}
	if o.TLS != nil {
		settings, err := n.configureTLS(*o.TLS)
		if err != nil {
			return err
		}
		config += settings
	}
	config += n.installation.settings() + o.Config + "\n"
	return os.WriteFile(n.path("rabbitmq.conf"), []byte(config), 0o600)
}

// environment is everything that the node's processes and its control command
// know: nothing of a RabbitMQ that the machine may run.
func (n *Node) environment() []string {
	return []string{
		"PATH=" + n.installation.path(),
		"LANG=C.UTF-8",
		"HOME=" + n.seen("home"), // holds the cookie
		"ERL_EPMD_ADDRESS=127.0.0.1",
		"ERL_EPMD_PORT=" + strconv.Itoa(n.ports.mapper),
		"RABBITMQ_NODENAME=" + n.name,
		"RABBITMQ_DIST_PORT=" + strconv.Itoa(n.ports.distribution),
		"RABBITMQ_MNESIA_BASE=" + n.seen("data"),
		"RABBITMQ_LOG_BASE=" + n.seen("log"),
		"RABBITMQ_CONFIG_FILE=" + n.seen("rabbitmq.conf"),
		"RABBITMQ_ADVANCED_CONFIG_FILE=" + n.seen("advanced.config"),
		"RABBITMQ_CONF_ENV_FILE=" + os.DevNull,
		"RABBITMQ_ENABLED_PLUGINS_FILE=" + n.seen("enabled_plugins"),
		// The script then becomes the broker instead of staying its parent, so
		// that the PID we signal is the broker's; -noinput takes the input
		// away again.
		"RABBITMQ_ALLOW_INPUT=1",
		"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-noinput " + loopbackOnly + n.threads(),
		"RABBITMQ_CTL_ERL_ARGS=" + loopbackOnly,
	}
}

// threads returns Erlang's arguments for one of several nodes that share a
// machine: a single scheduler thread, which sleeps when it has nothing to do.
func (n *Node) threads() string {
	if !n.member {
		return ""
	}
	return " +S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none"
}
