// Package actor is the runtime of actorgen: it sends tasks through stubs and
// runs them in workers.
//
// Generated code gives every annotated function a stub, and every package a
// table of its functions. A [Client] sends what the stubs encode; a [Worker]
// runs what the table names. Both speak to a broker through a [Transport]:
// package amqp for RabbitMQ, package memory for one process.
//
//	transport, err := amqp.Dial(ctx, amqp.Config{URL: url})
//	client := actor.NewClient(transport, actor.ClientConfig{})
//	actor.SetDefault(client)
//	err = tasks.SendEmail.Send(ctx, "ada@example.com")
//	err = actor.NewWorker(client, actor.WorkerConfig{}, tasks.Actors()).Run(ctx)
//
// The package imports the standard library and msgpack; brokers, metrics and
// tracing are leaves that import it.
package actor
