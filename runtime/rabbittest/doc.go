// Package rabbittest gives tests a real RabbitMQ.
//
// Most tests share one broker and keep apart by queue prefix:
//
//	func TestMain(m *testing.M) { os.Exit(rabbittest.Run(m)) }
//
//	func TestSend(t *testing.T) {
//		url, prefix := rabbittest.URL(t), rabbittest.Prefix(t)
//		…
//	}
//
// A test that hurts its broker starts one of its own with [MustStart], and a
// test that hurts the connection puts a [Proxy] before it.
//
// A broker that cannot be had fails the test and never skips it. Nodes listen
// on loopback only, share nothing with a RabbitMQ that the machine runs, and
// leave neither process nor file behind, however the test process ends.
//
// Command rabbitmq, in the folder cmd, starts one broker for several test
// binaries. The package needs a Unix-like system.
package rabbittest
