// Package layout says what there is on a RabbitMQ broker: the queues of an
// actor with their companions, and the levels that hold delayed messages. It is
// the one place that knows their names and arguments, which are frozen once
// declared and therefore part of the wire contract. Package amqp declares what
// it lists; tools compare it to what a broker has.
//
// A delay is held by the broker in levels. Level n holds for [Step] << n: its
// headers exchange routes a message whose bit n is set into the level's queue,
// from where it expires into the exchange of the next lower level, and one
// whose bit is not set straight to that exchange. A message enters at the level
// of its highest bit and leaves below level 0 through the exchange [Out], which
// routes by the name of the queue. So no message waits behind a longer one.
package layout
