// Package amqp carries actor messages over RabbitMQ. It implements
// [actor.Transport] on AMQP 0-9-1 for RabbitMQ 3.10 and later.
//
// A [Transport] holds two connections, one for publishing and, from the first
// Consume on, one for consuming: a broker that blocks publishers still takes
// acknowledgements. Each is watched by a supervisor that dials again for ever
// when it is lost.
//
// Senders publish in their own goroutine, which never blocks inside the AMQP
// library: the socket only buffers, and a message is handed to the library only
// when there is room for it. Confirms and returns are matched by message ID.
// Every consumer has a channel of its own, on which one goroutine sends the
// acknowledgements of all workers as a group commit.
//
// What can be lost and what not is described with the methods; the facts about
// RabbitMQ behind the design are in the RabbitMQ guides on publisher confirms,
// quorum queues, dead lettering and consumer acknowledgements.
package amqp
