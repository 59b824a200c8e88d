package amqp

import (
	"crypto/tls"
	"fmt"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// maxMessage is the largest message that the node of these tests takes. It
// closes the channel of a publisher whose message is larger.
const maxMessage = 64 << 10

// What takes a broker with settings, users and vhosts of its own. One node serves
// all cases: it wants certificates of its clients on its TLS port, and takes
// small frames and small messages only.
func TestNode(t *testing.T) {
	t.Parallel()
	ca := rabbittest.NewAuthority(t)
	certificate, key := rabbittest.PEM(t, ca.Issue("rabbit.test", time.Now().Add(time.Hour)))
	node := rabbittest.MustStart(t, rabbittest.Options{
		Config: fmt.Sprintf("frame_max = 8192\nmax_message_size = %d\n", maxMessage),
		TLS:    &rabbittest.TLS{Certificate: certificate, Key: key, ClientAuthority: ca.PEM()},
	})
	trusted := &tls.Config{RootCAs: ca.Pool(), Certificates: []tls.Certificate{ca.Issue("client", time.Now().Add(time.Hour))}}
	defineTenants().create(t, node)
	t.Run("cases", func(t *testing.T) { // ends before the node does
		for name, test := range map[string]func(*testing.T, *rabbittest.Node){
			"culprits alone fail":                testCulprits,
			"culprits in a batch":                testCulpritsInABatch,
			"a culprit that gives up":            testCulpritsThatGiveUp,
			"a delay into forbidden levels":      testForbiddenLevels,
			"a forbidden exchange":               testForbiddenExchange,
			"a policy that the sender knows not": testLimitByPolicy,
			"a limit that the sender knows":      testKnownLimit,
			"a user who may only write":          testWriter,
			"a user who may declare":             testChecker,
			"a user who may do nothing":          testNobody,
			"always, but not permitted":          testForbiddenDeclaration,
			"a retry queue, not permitted":       testRetryQueueModes,
			"two brokers, two guarantees":        testHybrid,
			"a batch of everything":              testMixedBatch,
			"what a connection says of itself":   testIdentity,
			"rotation":                           testRotation,
			"credentials revoked":                testRevokedCredentials,
			"credentials fail":                   testFailingCredentials,
			"one host refuses":                   testOneHostRefuses,
			"vhost deleted":                      testDeletedVhost,
			"permissions revoked":                testRevokedPermissions,
			"lazy and refused":                   testLazyRefused,
			"frames":                             testFrames,
			"no confirms":                        testNoConfirms,
			"refused by protocol":                testRefusedByProtocol,
			"TLS":                                func(t *testing.T, node *rabbittest.Node) { testTLS(t, node, trusted) },
			"TLS refused":                        func(t *testing.T, node *rabbittest.Node) { testTLSRefused(t, node, ca, trusted) },
			"secrets of a worker":                testWorkerSecrets,
			"secrets":                            func(t *testing.T, node *rabbittest.Node) { testSecrets(t, node, trusted) },
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t, node)
			})
		}
	})
}

// defineTenants defines who uses the node.
func defineTenants() *definitions {
	var d definitions
	for _, name := range []string{"rotating", "revoked", "known", "doomed", "revoking", "lazy", "frames", "stuck"} {
		d.tenant(name)
	}
	d.vhost("orders")
	d.vhost("clicks")
	d.user("writer", "/", "^$", ".*", ".*")
	d.user("checker", "/", ".*", ".*", ".*")
	d.user("nobody", "/", "^$", "^$", "^$")
	d.user("sender", "/", "^$", ".*", ".*")
	d.user("mute", "/", ".*", "^$", ".*")
	d.user("levels", "/", "^$", `^open\.`, "^$")
	d.userWith("secret", secret, "/", ".*", ".*", ".*")
	d.policy("full", `^full\.`, object{"max-length": 5})
	return &d
}
