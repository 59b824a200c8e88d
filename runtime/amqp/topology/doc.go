// Package topology compares what a RabbitMQ broker has to what package layout
// says it ought to have, and creates what is missing. It is for tools, such as
// actorctl; a worker declares what it needs by itself.
//
// Over AMQP alone it learns whether queues and exchanges exist, and how their
// arguments differ where the user may configure them; looking creates nothing.
// Only the management API tells bindings, policies, and whether a level that
// holds delayed messages has forwarded all of them.
package topology
