package amqp

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// A classic queue that has stopped does not even answer a declaration. That is
// waited for, by those who need it, and costs nobody the connection.
func TestDeclarationThatHangsHoldsUpNobody(t *testing.T) {
	t.Parallel()
	node := rabbittest.MustStart(t, rabbittest.Options{})
	declaring := dialTest(t, Config{URL: node.URL()})
	stopped, other := testQueue(t), testQueue(t)
	stopped.Type = actor.Classic
	mustSend(t, declaring, testEnvelope(stopped, "first"))

	server := fmt.Sprintf(`amqqueue:get_pid(element(2, rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, <<"%s">>))))`, stopped.Name)
	eval(t, node, "ok = sys:suspend("+server+").")
	transport := dialTest(t, Config{URL: node.URL()})
	e := testEnvelope(stopped, "unconfirmed")
	e.Confirm, e.Timeout = false, time.Second
	if err := send(transport, e); !errors.Is(err, actor.ErrNotSent) || !errors.Is(err, actor.ErrConfirmTimeout) {
		t.Errorf("send that needs the declaration: got %v, want not sent, confirm timeout", err)
	}
	unasked := testEnvelope(other, "needs a declaration of its own")
	unasked.Confirm, unasked.Timeout = false, 5*time.Second
	mustSend(t, transport, unasked)
	time.Sleep(rpcTimeout + 2*time.Second) // after which a connection used to be given up
	mustSend(t, transport, testEnvelope(other, "after"))
	if lost := transport.Stats().ConnectionsLost; lost != 0 {
		t.Errorf("got %d connections lost, want none", lost)
	}
	eval(t, node, "ok = sys:resume("+server+").")
}
