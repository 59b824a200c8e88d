// Package ledger holds no product code, only tests that account for every
// message under faults.
//
// A [transport] of the tests' own notes what senders are told, what arrives and
// what becomes of it, and middleware notes each run. At the end a connection of
// the bare library reads what the broker still holds. The balance of these is
// the subject: nothing that was confirmed is missing, nothing ran that nobody
// sent, every second run has its reason, and whatever was dead-lettered, by us
// or by the broker, deserved it.
//
// The faults are real: connections that are reset or swallow bytes, queues and
// credentials that are taken away, brokers that are killed, paused or out of
// memory. `make soak` strings them together at random for as long as one likes.
package ledger
