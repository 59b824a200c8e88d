package actor

// Definition is what the source says of an actor: generated code holds one for
// each. It must not be changed once a client or a worker has seen it.
type Definition struct {
	// Name is the actor's name on the wire.
	Name string
	// Queue is where its messages go. The name "default", or none, stands for
	// ClientConfig.DefaultQueue.
	Queue Queue
	// Broker names the registered client that sends and runs it.
	// Defaults to "default".
	Broker  string
	Publish PublishPolicy
	Work    WorkPolicy
}

// DefaultName is the name of the default queue and of the default broker.
const DefaultName = "default"

func (d *Definition) broker() string {
	if d.Broker == "" {
		return DefaultName
	}
	return d.Broker
}
