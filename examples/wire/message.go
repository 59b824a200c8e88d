package main

import (
	"crypto/rand"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// greet is a task for the actor tasks.Greet, greet(ctx, name string).
func greet(name string) amqp.Publishing {
	body := []byte{0x81, 0xa4} // a map of one pair, whose key is a string of four bytes
	body = append(body, "name"...)
	body = append(body, 0xd9, byte(len(name))) // a string of up to 255 bytes
	body = append(body, name...)
	return amqp.Publishing{
		ContentType:  "application/msgpack",
		Type:         "tasks.Greet",
		MessageId:    rand.Text(), // the same for every attempt to send the same task
		Timestamp:    time.Now(),
		DeliveryMode: amqp.Persistent,
		Body:         body,
	}
}
