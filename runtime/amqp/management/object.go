package management

import (
	"bytes"
	"context"
	"encoding/json"
)

// Queue is a queue with its contents.
type Queue struct {
	Name string
	// Type is quorum, classic or stream.
	Type       string
	Arguments  Table
	Durable    bool
	AutoDelete bool `json:"auto_delete"`
	Exclusive  bool
	// State is "running" where the queue serves.
	State string
	// Messages counts those in every state: ready, delivered, and on their way
	// to where they are dead-lettered. It is some seconds old, 5 as a rule, and
	// nil right after a start.
	Messages *int
	// Ready and Unacknowledged are two of the states, as old as Messages.
	Ready          *int `json:"messages_ready"`
	Unacknowledged *int `json:"messages_unacknowledged"`
}

// Exchange is an exchange.
type Exchange struct {
	Name       string
	Type       string
	Durable    bool
	AutoDelete bool `json:"auto_delete"`
	Internal   bool
	Arguments  Table
}

// Binding is a binding.
type Binding struct {
	Source      string
	Destination string
	// DestinationType is queue or exchange.
	DestinationType string `json:"destination_type"`
	RoutingKey      string `json:"routing_key"`
	Arguments       Table
}

// Table holds arguments; numbers are json.Number.
type Table map[string]any

// UnmarshalJSON implements [json.Unmarshaler]. An empty table may come as a list.
func (t *Table) UnmarshalJSON(text []byte) error {
	*t = Table{}
	if text = bytes.TrimSpace(text); len(text) > 0 && text[0] == '[' {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return decoder.Decode((*map[string]any)(t))
}

// Queues lists the queues of a virtual host.
func (c *Client) Queues(ctx context.Context, vhost string) (queues []Queue, err error) {
	err = c.get(ctx, &queues, "queues", vhost)
	return queues, err
}

// Queue returns a queue, as fresh as the API has it. A missing one is a
// *StatusError.
func (c *Client) Queue(ctx context.Context, vhost, name string) (q Queue, err error) {
	err = c.get(ctx, &q, "queues", vhost, name)
	return q, err
}

// Exchanges lists the exchanges of a virtual host.
func (c *Client) Exchanges(ctx context.Context, vhost string) (exchanges []Exchange, err error) {
	err = c.get(ctx, &exchanges, "exchanges", vhost)
	return exchanges, err
}

// Bindings lists the bindings of a virtual host.
func (c *Client) Bindings(ctx context.Context, vhost string) (bindings []Binding, err error) {
	err = c.get(ctx, &bindings, "bindings", vhost)
	return bindings, err
}

// ClusterName returns the name of the cluster, which AMQP tells too.
func (c *Client) ClusterName(ctx context.Context) (string, error) {
	var overview struct {
		Name string `json:"cluster_name"`
	}
	err := c.get(ctx, &overview, "overview")
	return overview.Name, err
}
