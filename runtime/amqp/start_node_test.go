package amqp

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// What refuses a transport that does not wait for it may be mended later.
func testLazyRefused(t *testing.T, node *rabbittest.Node) {
	broker := tenant(node, "lazy")
	wrong := dialTest(t, Config{Lazy: true, URL: strings.Replace(broker, ":password@", ":other@", 1)})
	missing := dialTest(t, Config{Lazy: true, URL: inVhost(node, "later")})
	q := testQueue(t)
	mustNotSend(t, wrong, testEnvelope(q, "early"))
	mustNotSend(t, missing, testEnvelope(q, "early"))
	ctl(t, node, "change_password", "lazy", "other")
	var later definitions
	later.vhost("later")
	later.create(t, node)
	for broker, transport := range map[string]*Transport{inVhost(node, "lazy"): wrong, inVhost(node, "later"): missing} {
		mustSend(t, transport, testEnvelope(q, "mended"))
		holdsExactly(t, broker, q.Name, map[string]bool{"mended": true})
	}
}

// A vhost is deleted under senders and made anew.
func testDeletedVhost(t *testing.T, node *rabbittest.Node) {
	broker := inVhost(node, "doomed")
	transport := dialTest(t, Config{URL: broker})
	q := testQueue(t)
	mustSend(t, transport, testEnvelope(q, "first"))
	before, after := newJournal(), newJournal()
	load := func(told *journal, by *sender, phase string) (end func()) {
		return underLoad(8, func(id string) {
			e := testEnvelope(q, phase+id)
			e.Timeout = 500 * time.Millisecond
			start := time.Now()
			err := send(transport, e)
			if took := time.Since(start); took > e.Timeout+late {
				t.Errorf("message %s: send took %s, want at most about %s", e.ID, took, e.Timeout)
			}
			told.tell(by, e.ID, err)
		})
	}
	end := load(before, anybody, "before-")
	ctl(t, node, "delete_vhost", "doomed")
	eventually(t, "somebody is told that it was not sent", func() bool {
		return before.hears(told{actor.ErrNotSent, actor.ErrConnectionLost})
	})
	end()
	var again definitions
	again.vhost("doomed")
	again.create(t, node)
	mustSend(t, transport, testEnvelope(q, "again"))
	end = load(after, certain, "after-")
	time.Sleep(time.Second) // load
	end()

	came := takeIDs(t, broker, q.Name)
	for _, e := range before.entries { // those confirmed went with the vhost
		if came[e.id] > 0 && (e.err == nil || errors.Is(e.err, actor.ErrNotSent)) {
			t.Errorf("message %s: got %v, but it is in the vhost that was made afterwards", e.id, e.err)
		}
		delete(came, e.id)
	}
	after.tell(certain, "again", nil)
	after.check(t, came)
}

// Permissions are taken away, at first under an open connection, and restored.
func testRevokedPermissions(t *testing.T, node *rabbittest.Node) {
	broker := tenant(node, "revoking")
	transport := dialTest(t, Config{URL: broker})
	q := testQueue(t)
	told := newJournal()
	told.tell(certain, "first", send(transport, testEnvelope(q, "first")))
	ctl(t, node, "clear_permissions", "-p", "revoking", "revoking")
	for i := range 3 { // the broker may remember the permission for a while
		e := testEnvelope(q, fmt.Sprint("open", i))
		e.Timeout = 2 * time.Second
		start := time.Now()
		told.tell(anybody, e.ID, send(transport, e))
		if took := time.Since(start); took > e.Timeout+late {
			t.Errorf("message %s: send took %s, want at most %s", e.ID, took, e.Timeout)
		}
	}
	hangUp(t, node, "revoking", transport)
	mustNotSend(t, transport, testEnvelope(q, "during"))
	ctl(t, node, "set_permissions", "-p", "revoking", "revoking", ".*", ".*", ".*")
	told.tell(certain, "after", send(transport, testEnvelope(q, "after")))
	told.check(t, takeIDs(t, inVhost(node, "revoking"), q.Name))
}
