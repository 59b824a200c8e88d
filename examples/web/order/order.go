// Package order has the type that both sides know. It imports neither.
package order

// Order is what a customer asks for, as JSON and as an argument of a task.
type Order struct {
	// ID is the idempotency key of the request.
	ID       string `json:"-"`
	Customer string `json:"customer"`
	Cents    int64  `json:"cents"`
}
