package amqp

import (
	"encoding/json"
	"testing"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// definitions are vhosts, users and policies, all made at once: each run of the
// control command takes a second.
type definitions struct {
	Vhosts      []object `json:"vhosts,omitempty"`
	Users       []object `json:"users,omitempty"`
	Permissions []object `json:"permissions,omitempty"`
	Policies    []object `json:"policies,omitempty"`
}

type object map[string]any

// vhost adds one for the administrator.
func (d *definitions) vhost(name string) {
	d.Vhosts = append(d.Vhosts, object{"name": name})
	d.permit("guest", name, ".*", ".*", ".*")
}

// user adds one, who may configure, write and read what the expressions match.
// Its password is "password".
func (d *definitions) user(name, vhost, configure, write, read string) {
	d.userWith(name, "password", vhost, configure, write, read)
}

func (d *definitions) userWith(name, password, vhost, configure, write, read string) {
	d.Users = append(d.Users, object{"name": name, "password": password, "tags": ""})
	d.permit(name, vhost, configure, write, read)
}

// tenant adds a user who may do everything in a vhost of the same name.
func (d *definitions) tenant(name string) {
	d.vhost(name)
	d.user(name, name, ".*", ".*", ".*")
}

func (d *definitions) permit(user, vhost, configure, write, read string) {
	d.Permissions = append(d.Permissions, object{
		"user": user, "vhost": vhost, "configure": configure, "write": write, "read": read})
}

// policy adds one for the queues of vhost "/" whose names match.
func (d *definitions) policy(name, pattern string, definition object) {
	d.Policies = append(d.Policies, object{
		"name": name, "vhost": "/", "pattern": pattern, "apply-to": "queues", "definition": definition, "priority": 0})
}

// create makes all of it on a node.
func (d *definitions) create(t *testing.T, node *rabbittest.Node) {
	t.Helper()
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	file, err := node.WriteFile(text)
	if err != nil {
		t.Fatal(err)
	}
	ctl(t, node, "import_definitions", file)
}

// tenant is the URL of a user with a vhost of the same name.
func tenant(node *rabbittest.Node, name string) string {
	return "amqp://" + name + ":password@" + node.Addr() + "/" + name
}

// user is the URL of a user of vhost "/".
func user(node *rabbittest.Node, name string) string {
	return "amqp://" + name + ":password@" + node.Addr() + "/"
}

// inVhost is the administrator's URL for a vhost.
func inVhost(node *rabbittest.Node, name string) string {
	return "amqp://guest:guest@" + node.Addr() + "/" + name
}

// ctl runs rabbitmqctl on a node.
func ctl(t *testing.T, node *rabbittest.Node, arguments ...string) {
	t.Helper()
	if _, err := node.Ctl(t.Context(), append([]string{"--quiet"}, arguments...)...); err != nil {
		t.Fatal(err)
	}
}

// hangUp closes the connection of transport, the only one of its vhost, and
// waits until that has come through.
func hangUp(t *testing.T, node *rabbittest.Node, vhost string, transport *Transport) {
	t.Helper()
	before := transport.Stats().ConnectionsLost
	ctl(t, node, "close_all_connections", "--vhost", vhost, "test")
	eventually(t, "the connection is lost", func() bool { return transport.Stats().ConnectionsLost > before })
}
