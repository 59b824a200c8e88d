package moving_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/examples/moving/bridge"
	"github.com/actorgen/actorgen/examples/moving/byhand"
	"github.com/actorgen/actorgen/examples/moving/images"
	"github.com/actorgen/actorgen/examples/moving/tasks"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

func TestMain(m *testing.M) { os.Exit(rabbittest.Run(m)) }

const queue = "moving"

// TestBothDoTheSame: tasks that succeed, that fail once and that never succeed end
// in the same way by hand and with actorgen.
func TestBothDoTheSame(t *testing.T) {
	for name, way := range map[string]struct {
		send func(ctx context.Context, image string, width int) error
		dead string
	}{
		"by hand":  {byHand(t), byhand.DeadQueue},
		"actorgen": {withActorgen(t), queue + actor.DeadLetterSuffix},
	} {
		t.Run(name, func(t *testing.T) {
			suffix := rand.Text()
			for _, image := range []string{"good", "busy", "broken"} {
				if err := way.send(t.Context(), image+suffix, 640); err != nil {
					t.Fatalf("send %s: %v", image, err)
				}
			}
			for image, want := range map[string][]int{"good": {640}, "busy": {640, 640}, "broken": {640}} {
				awaitRuns(t, image+suffix, want)
			}
			dead := get(t, way.dead)
			if headers := fmt.Sprint(dead.Headers); !strings.Contains(headers, images.ErrNotAnImage.Error()) {
				t.Errorf("dead letter: got headers %s, want the error in them", headers)
			}
		})
	}
}

// TestNoQueue: neither takes a message that no queue takes for sent.
func TestNoQueue(t *testing.T) {
	conn := connect(t)
	publisher, err := byhand.NewPublisher(conn)
	if err != nil {
		t.Fatal(err)
	}
	remove(t, byhand.Queue)
	if err := publisher.ResizeImage(t.Context(), "lost", 1); err == nil {
		t.Error("by hand: got no error")
	}
	remove(t, queue)
	client := dial(t, amqp.Config{URL: rabbittest.URL(t), Declare: amqp.DeclareNever})
	if err := tasks.ResizeImage.Via(client).Send(t.Context(), "lost", 1); err == nil {
		t.Error("actorgen: got no error")
	}
}

// TestBridge: what other libraries have left in a queue is run, once it is due.
func TestBridge(t *testing.T) {
	withActorgen(t)
	for name, test := range map[string]struct {
		read    func(amqp091.Delivery) (bridge.Old, error)
		message func(image string, due time.Time) amqp091.Publishing
		id      string
		delayed bool
	}{
		"dramatiq": {bridge.Dramatiq, func(image string, due time.Time) amqp091.Publishing {
			return amqp091.Publishing{Body: fmt.Appendf(nil, `{"queue_name":"images","actor_name":"resize_image","args":[%q],"kwargs":{"width":320},`+
				`"options":{},"message_id":"5f2b","message_timestamp":1767225600000}`, image)}
		}, "5f2b", false},
		"dramatiq, delayed": {bridge.Dramatiq, func(image string, due time.Time) amqp091.Publishing {
			return amqp091.Publishing{Body: fmt.Appendf(nil, `{"queue_name":"images.DQ","actor_name":"resize_image","args":[%q,320],"kwargs":{},`+
				`"options":{"eta":%d},"message_id":"5f2b","message_timestamp":1767225600000}`, image, due.UnixMilli())}
		}, "5f2b", true},
		"Celery": {bridge.Celery, func(image string, due time.Time) amqp091.Publishing {
			return amqp091.Publishing{
				ContentType: "application/json", ContentEncoding: "utf-8", CorrelationId: "5f2b",
				Headers: amqp091.Table{"lang": "py", "task": "resize_image", "id": "5f2b", "eta": nil, "retries": int32(0)},
				Body:    fmt.Appendf(nil, `[[%q], {"width": 320}, {"callbacks": null, "errbacks": null, "chain": null, "chord": null}]`, image),
			}
		}, "5f2b", false},
		"Celery, delayed": {bridge.Celery, func(image string, due time.Time) amqp091.Publishing {
			return amqp091.Publishing{
				ContentType: "application/json",
				Headers:     amqp091.Table{"task": "resize_image", "id": "5f2b", "eta": due.UTC().Format("2006-01-02T15:04:05.000000+00:00")},
				Body:        fmt.Appendf(nil, `[[%q, 320], {}, {}]`, image),
			}
		}, "5f2b", true},
		"machinery": {bridge.Machinery, func(image string, due time.Time) amqp091.Publishing {
			return amqp091.Publishing{ContentType: "application/json", Body: fmt.Appendf(nil, `{"UUID":"task_5f2b","Name":"resize_image","RoutingKey":"images","ETA":null,`+
				`"GroupUUID":"","Args":[{"Name":"","Type":"string","Value":%q},{"Name":"","Type":"int","Value":320}],"Headers":{},"RetryCount":3}`, image)}
		}, "task_5f2b", false},
		"machinery, delayed": {bridge.Machinery, func(image string, due time.Time) amqp091.Publishing {
			return amqp091.Publishing{Body: fmt.Appendf(nil, `{"UUID":"task_5f2b","Name":"resize_image","ETA":%q,`+
				`"Args":[{"Type":"string","Value":%q},{"Type":"int","Value":320}]}`, due.UTC().Format(time.RFC3339Nano), image)}
		}, "task_5f2b", true},
	} {
		t.Run(name, func(t *testing.T) {
			old := oldQueue(t)
			image, due := rand.Text(), time.Now().Add(time.Second)
			put(t, old, test.message(image, due))
			stop := forward(t, old, test.read)
			awaitRuns(t, image, []int{320})
			if got, _ := ids.Load(image); got != test.id {
				t.Errorf("got message ID %v, want the old one, %s", got, test.id)
			}
			if early := time.Until(due); test.delayed && early > 0 {
				t.Errorf("ran %s early", early)
			}
			// What a bridge has sent on before it turns to the next is taken.
			next := rand.Text()
			put(t, old, test.message(next, due))
			awaitRuns(t, next, []int{320})
			stop()
			if left := ready(t, old); left > 1 {
				t.Errorf("got %d messages left, want at most the one that was under way", left)
			}
		})
	}
}

// TestBridgeStops at what it cannot send on, which stays.
func TestBridgeStops(t *testing.T) {
	withActorgen(t)
	for name, message := range map[string]amqp091.Publishing{
		"no task of that name": {Body: []byte(`{"actor_name":"unknown","args":[],"message_id":"1"}`)},
		"no such argument":     {Body: []byte(`{"actor_name":"resize_image","args":["a"],"message_id":"1"}`)},
		"another type":         {Body: []byte(`{"actor_name":"resize_image","args":["a","b"],"message_id":"1"}`)},
		"no JSON":              {Body: []byte("\x80\x04pickle")},
	} {
		t.Run(name, func(t *testing.T) {
			old := oldQueue(t)
			put(t, old, message)
			if err := bridge.Forward(t.Context(), connect(t), old, bridge.Send(bridge.Dramatiq)); err == nil {
				t.Error("got no error")
			}
			get(t, old)
		})
	}
}
