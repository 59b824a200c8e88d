package layout

import (
	"regexp"

	amqp "github.com/rabbitmq/amqp091-go"
)

// refusedObject finds in RabbitMQ's words what a user may not touch. What he may
// not do with it they leave out in 3.10.
var refusedObject = regexp.MustCompile(`(?:(configure|write|read) )?access to (queue|exchange) '(.*)' in vhost`)

// Lacking says which permission the user lacks to whom the declaration of e was
// refused: to configure, write or read, or several of them where the answer does
// not tell. An e of nil is one that is not known.
func Lacking(e Element, refusal *amqp.Error) string {
	object := refusedObject.FindStringSubmatch(refusal.Reason)
	if object == nil {
		return unknown
	}
	if said := object[1]; said != "" {
		return said
	}
	isExchange, name := object[2] == "exchange", object[3]
	switch e := e.(type) {
	case Queue:
		return declaration(!isExchange && name == e.Name, e.Args["x-dead-letter-exchange"])
	case Exchange:
		return declaration(isExchange && name == e.Name, e.Args["alternate-exchange"])
	case Binding:
		if isExchange && name == e.Source {
			return "read"
		}
		return "write"
	}
	return unknown
}

const unknown = "configure, write or read"

// declaration of what forwards messages takes permission to read it, too, and to
// write to where it forwards them.
func declaration(itself bool, forwards any) string {
	switch {
	case !itself:
		return "write"
	case forwards != nil:
		return "configure or read"
	}
	return "configure"
}
