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
	missing := dialTest(t, Config{Lazy: true, URL: strings.TrimSuffix(node.URL(), "%2F") + "later"})
	q := testQueue(t)
	mustNotSend(t, wrong, testEnvelope(q, "early"))
	mustNotSend(t, missing, testEnvelope(q, "early"))
	ctl(t, node, "change_password", "lazy", "other")
	later := onVhost(t, node, "later")
	for broker, transport := range map[string]*Transport{asGuest(t, broker): wrong, later: missing} {
		mustSend(t, transport, testEnvelope(q, "mended"))
		holdsExactly(t, broker, q.Name, map[string]bool{"mended": true})
	}
}

// A vhost is deleted under senders and made anew.
func testDeletedVhost(t *testing.T, node *rabbittest.Node) {
	broker := asGuest(t, tenant(node, "doomed"))
	transport := dialTest(t, Config{URL: broker})
	q := testQueue(t)
	mustSend(t, transport, testEnvelope(q, "first"))
	before, after := &outcomes{err: map[string]error{}}, &outcomes{err: map[string]error{}}
	load := func(told *outcomes, phase string) (end func()) {
		return underLoad(8, func(id string) {
			e := testEnvelope(q, phase+id)
			e.Timeout = 500 * time.Millisecond
			start := time.Now()
			err := send(transport, e)
			if took := time.Since(start); took > e.Timeout+late {
				t.Errorf("message %s: send took %s, want at most about %s", e.ID, took, e.Timeout)
			}
			told.add(e.ID, err)
		})
	}
	end := load(before, "before-")
	ctl(t, node, "delete_vhost", "doomed")
	eventually(t, "somebody is told that it was not sent", func() bool {
		before.mu.Lock()
		defer before.mu.Unlock()
		for _, err := range before.err {
			if errors.Is(err, actor.ErrNotSent) && errors.Is(err, actor.ErrConnectionLost) {
				return true
			}
		}
		return false
	})
	end()
	onVhost(t, node, "doomed")
	mustSend(t, transport, testEnvelope(q, "again"))
	end = load(after, "after-")
	time.Sleep(time.Second) // load
	end()

	came := takeIDs(t, broker, q.Name)
	for id, err := range before.err { // those confirmed went with the vhost
		if came[id] > 0 && (err == nil || errors.Is(err, actor.ErrNotSent)) {
			t.Errorf("message %s: got %v, but it is in the vhost that was made afterwards", id, err)
		}
		delete(came, id)
	}
	after.err["again"] = nil
	after.check(t, came)
	after.allConfirmed(t)
}

// Permissions are taken away, at first under an open connection, and restored.
func testRevokedPermissions(t *testing.T, node *rabbittest.Node) {
	broker := tenant(node, "revoking")
	transport := dialTest(t, Config{URL: broker})
	q := testQueue(t)
	told := &outcomes{err: map[string]error{}}
	told.add("first", send(transport, testEnvelope(q, "first")))
	ctl(t, node, "clear_permissions", "-p", "revoking", "revoking")
	for i := range 3 { // the broker may remember the permission for a while
		e := testEnvelope(q, fmt.Sprint("open", i))
		e.Timeout = 2 * time.Second
		start := time.Now()
		told.add(e.ID, send(transport, e))
		if took := time.Since(start); took > e.Timeout+late {
			t.Errorf("message %s: send took %s, want at most %s", e.ID, took, e.Timeout)
		}
	}
	hangUp(t, node, "revoking", transport)
	mustNotSend(t, transport, testEnvelope(q, "during"))
	ctl(t, node, "set_permissions", "-p", "revoking", "revoking", ".*", ".*", ".*")
	told.add("after", send(transport, testEnvelope(q, "after")))
	if err := told.err["after"]; err != nil {
		t.Errorf("after the permissions are back: got %v, want nil", err)
	}
	told.check(t, takeIDs(t, asGuest(t, broker), q.Name))
}
