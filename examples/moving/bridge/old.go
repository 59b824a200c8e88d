package bridge

import (
	"encoding/json"
	"fmt"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// Old is a task as another library put it into RabbitMQ.
type Old struct {
	Name, ID string
	// Due is zero where the task was not delayed.
	Due time.Time
	// Args are the arguments by place, Named those by name.
	Args  []json.RawMessage
	Named map[string]json.RawMessage
}

// Argument reads the argument at a place, or of a name.
func (o *Old) Argument(place int, name string, into any) error {
	text, found := o.Named[name]
	if place < len(o.Args) {
		text, found = o.Args[place], true
	}
	if !found {
		return fmt.Errorf("task %s %s has no argument %q", o.Name, o.ID, name)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("argument %q of task %s %s: %w", name, o.Name, o.ID, err)
	}
	return nil
}

// Dramatiq reads a message of dramatiq. The delayed ones are in the queue with .DQ
// at the end of its name.
func Dramatiq(d amqp.Delivery) (Old, error) {
	var body struct {
		Actor   string                     `json:"actor_name"`
		ID      string                     `json:"message_id"`
		Args    []json.RawMessage          `json:"args"`
		Kwargs  map[string]json.RawMessage `json:"kwargs"`
		Options struct {
			ETA float64 `json:"eta"` // milliseconds
		} `json:"options"`
	}
	if err := json.Unmarshal(d.Body, &body); err != nil {
		return Old{}, fmt.Errorf("no message of dramatiq: %w", err)
	}
	old := Old{Name: body.Actor, ID: body.ID, Args: body.Args, Named: body.Kwargs}
	if body.Options.ETA > 0 {
		old.Due = time.UnixMilli(int64(body.Options.ETA))
	}
	return old, nil
}

// Celery reads a message of Celery's protocol 2 with JSON in it.
func Celery(d amqp.Delivery) (Old, error) {
	name, named := d.Headers["task"].(string)
	if !named || d.ContentType != "application/json" {
		return Old{}, fmt.Errorf("no JSON message of Celery's protocol 2: content type %q", d.ContentType)
	}
	old := Old{Name: name}
	old.ID, _ = d.Headers["id"].(string)
	body := []any{&old.Args, &old.Named} // and callbacks, chains and chords, which have no counterpart
	if err := json.Unmarshal(d.Body, &body); err != nil {
		return Old{}, fmt.Errorf("task %s %s: %w", old.Name, old.ID, err)
	}
	if eta, delayed := d.Headers["eta"].(string); delayed {
		var err error
		if old.Due, err = time.Parse(time.RFC3339, eta); err != nil {
			return Old{}, fmt.Errorf("task %s %s: eta: %w", old.Name, old.ID, err)
		}
	}
	return old, nil
}

// Machinery reads a message of machinery. The delayed ones are in the queues whose
// names begin with delay.
func Machinery(d amqp.Delivery) (Old, error) {
	var body struct {
		Name, UUID string
		ETA        time.Time
		Args       []struct{ Value json.RawMessage }
	}
	if err := json.Unmarshal(d.Body, &body); err != nil {
		return Old{}, fmt.Errorf("no message of machinery: %w", err)
	}
	old := Old{Name: body.Name, ID: body.UUID, Due: body.ETA}
	for _, arg := range body.Args {
		old.Args = append(old.Args, arg.Value)
	}
	return old, nil
}
