// Package delays holds no product code, only tests that measure what delayed
// messages promise, on a RabbitMQ of their own: how late they are while very many
// others wait, that none is early or behind a longer one, and that neither a
// worker nor the broker has to live while they wait.
package delays
