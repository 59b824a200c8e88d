package topology

import (
	"slices"

	broker "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

// Definitions are what RabbitMQ imports, with rabbitmqctl import_definitions,
// over the management API, or at its start. Importing leaves what exists as it
// is, also where it differs. The virtual host has to exist.
type Definitions struct {
	Queues    []QueueDefinition    `json:"queues"`
	Exchanges []ExchangeDefinition `json:"exchanges"`
	Bindings  []BindingDefinition  `json:"bindings"`
}

// QueueDefinition is a queue in [Definitions].
type QueueDefinition struct {
	Name       string       `json:"name"`
	VHost      string       `json:"vhost"`
	Durable    bool         `json:"durable"`
	AutoDelete bool         `json:"auto_delete"`
	Arguments  broker.Table `json:"arguments"`
}

// ExchangeDefinition is an exchange in [Definitions].
type ExchangeDefinition struct {
	Name       string       `json:"name"`
	VHost      string       `json:"vhost"`
	Type       string       `json:"type"`
	Durable    bool         `json:"durable"`
	AutoDelete bool         `json:"auto_delete"`
	Internal   bool         `json:"internal"`
	Arguments  broker.Table `json:"arguments"`
}

// BindingDefinition is a binding in [Definitions].
type BindingDefinition struct {
	Source          string       `json:"source"`
	VHost           string       `json:"vhost"`
	Destination     string       `json:"destination"`
	DestinationType string       `json:"destination_type"`
	RoutingKey      string       `json:"routing_key"`
	Arguments       broker.Table `json:"arguments"`
}

// Export returns exactly what [Apply] would create in an empty virtual host.
func Export(w Want, vhost string) (Definitions, error) {
	var d Definitions
	if err := w.Check(); err != nil {
		return d, err
	}
	queues, delays := w.elements()
	for _, e := range slices.Concat(queues, delays) {
		switch e := e.(type) {
		case layout.Queue:
			d.Queues = append(d.Queues, QueueDefinition{Name: e.Name, VHost: vhost, Durable: true, Arguments: table(e.Args)})
		case layout.Exchange:
			d.Exchanges = append(d.Exchanges, ExchangeDefinition{Name: e.Name, VHost: vhost, Type: e.Kind, Durable: true, Arguments: table(e.Args)})
		case layout.Binding:
			kind := toQueue
			if e.ToExchange {
				kind = toExchange
			}
			d.Bindings = append(d.Bindings, BindingDefinition{
				Source: e.Source, VHost: vhost, Destination: e.Destination, DestinationType: kind, RoutingKey: e.Key, Arguments: table(e.Args)})
		}
	}
	return d, nil
}

// The types of what a binding leads to.
const (
	toQueue    = "queue"
	toExchange = "exchange"
)

// table is never null in JSON.
func table(args broker.Table) broker.Table {
	if args == nil {
		return broker.Table{}
	}
	return args
}
