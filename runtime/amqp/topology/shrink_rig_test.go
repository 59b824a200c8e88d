package topology

import (
	"bytes"
	"fmt"
	"io"
	"math/bits"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	broker "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
	"github.com/actorgen/actorgen/runtime/amqp/management"
)

// quick is a pace for the node of the tests.
var quick = pace{staleness: 3 * time.Second, settling: 200 * time.Millisecond}

// ladder is a rig with levels for delays up to max, and queue q.
func ladder(t *testing.T, max time.Duration) (*rig, Want) {
	r := newRig(t)
	w := Want{Queues: []actor.Queue{{Name: r.prefix + "q"}}, Prefix: r.prefix, MaxDelay: max}
	mustApply(t, r.over(false), w)
	r.counted(layout.Level(r.prefix, w.Levels()-1))
	return r, w
}

// counted waits until the API knows how many messages a queue holds.
func (r *rig) counted(queue string) {
	r.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		q, err := r.api.Queue(r.Context(), "/", queue)
		if err != nil || time.Now().After(end) {
			r.Fatalf("got %+v, %v, want its messages counted", q, err)
		}
		if q.Messages != nil {
			return
		}
	}
}

// lowered is w with a shorter limit.
func (w Want) lowered(max time.Duration) Want {
	w.MaxDelay = max
	return w
}

// delay sends a message for q by raw AMQP, as no client would that knows a
// limit.
func (r *rig) delay(d time.Duration, body string) error {
	return r.try(func(ch *broker.Channel) error {
		steps := uint64(d / layout.Step)
		level := bits.Len64(steps) - 1
		headers := broker.Table{}
		layout.Address(headers, steps)
		if err := ch.Confirm(false); err != nil {
			return err
		}
		closed := ch.NotifyClose(make(chan *broker.Error, 1))
		returned := ch.NotifyReturn(make(chan broker.Return, 1))
		confirm, err := ch.PublishWithDeferredConfirm(layout.Level(r.prefix, level), r.prefix+"q", true, false, broker.Publishing{
			DeliveryMode: broker.Persistent, Headers: headers, Body: []byte(body)})
		if err != nil {
			return err
		}
		acked, err := confirm.WaitContext(r.Context())
		switch {
		case err != nil:
			return err
		case !acked:
			select {
			case reason := <-closed:
				return reason
			default:
				return fmt.Errorf("not confirmed")
			}
		case len(returned) > 0:
			return fmt.Errorf("returned")
		}
		return nil
	})
}

func (r *rig) mustDelay(d time.Duration, body string) {
	r.Helper()
	if err := r.delay(d, body); err != nil {
		r.Fatal(err)
	}
}

// arrivals collects what comes to q until the test ends.
type arrivals struct {
	mu sync.Mutex
	at map[string]time.Time
}

func (r *rig) arrivals() *arrivals {
	r.Helper()
	conn, err := broker.Dial(r.url)
	if err != nil {
		r.Fatal("no connection")
	}
	r.Cleanup(func() { conn.Close() })
	ch, err := conn.Channel()
	if err != nil {
		r.Fatal(err)
	}
	deliveries, err := ch.Consume(r.prefix+"q", "", true, false, false, false, nil)
	if err != nil {
		r.Fatal(err)
	}
	a := &arrivals{at: make(map[string]time.Time)}
	go func() { // ends with the connection
		for d := range deliveries {
			a.mu.Lock()
			a.at[string(d.Body)] = time.Now()
			a.mu.Unlock()
		}
	}()
	return a
}

func (a *arrivals) when(body string) (time.Time, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	at, ok := a.at[body]
	return at, ok
}

// mustArrive waits for a message and checks that it is not early.
func (a *arrivals) mustArrive(t *testing.T, body string, due time.Time) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		at, ok := a.when(body)
		if ok && at.Before(due) {
			t.Errorf("message %q arrived %s early", body, due.Sub(at))
		}
		if ok {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("message %q did not arrive", body)
		}
	}
}

func mustShrink(t *testing.T, b *Broker, w Want) *Report {
	t.Helper()
	report, err := shrink(t.Context(), b, w, quick)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// shrunk shrinks until nothing is left to do.
func shrunk(t *testing.T, b *Broker, w Want) {
	t.Helper()
	for end := time.Now().Add(2 * patience); ; {
		report := mustShrink(t, b, w)
		if report.Settled() {
			return
		}
		if err := pause(t.Context(), time.Second); err != nil || time.Now().After(end) {
			t.Fatalf("got levels that stay: %+v, %v", report.Findings, err)
		}
	}
}

// mustBeFresh checks that there is what apply makes for a limit.
func (r *rig) mustBeFresh(max time.Duration) {
	r.Helper()
	other := besides(r.T)
	mustApply(r.T, other.over(false), Want{Queues: []actor.Queue{{Name: other.prefix + "q"}}, Prefix: other.prefix, MaxDelay: max})
	r.mustBe(other.contents())
}

func all(state State, object Object, from, to int) (result []string) {
	for n := from; n >= to; n-- {
		result = append(result, fmt.Sprintf("%s %s %s", state, object, layout.Level("p.", n)))
	}
	return result
}

// stick has messages stay on their way out of a level, because their queue is
// full.
func (r *rig) stick(level int) {
	r.Helper()
	full := r.prefix + "full"
	r.do(func(ch *broker.Channel) error {
		_, err := ch.QueueDeclare(full, true, false, false, false, broker.Table{
			"x-queue-type": "quorum", "x-max-length": int64(1), "x-overflow": "reject-publish"})
		if err == nil {
			err = ch.QueueBind(full, r.prefix+"q", layout.Out(r.prefix), false, nil)
		}
		return err
	})
	v := asked{r.over(false).Conn}
	until := func(queue string, met func(n int) bool) {
		r.Helper()
		for end := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
			n, _, err := v.waiting(r.Context(), queue)
			if err != nil || time.Now().After(end) {
				r.Fatalf("got %d messages in queue %q, %v", n, queue, err)
			}
			if met(n) {
				return
			}
		}
	}
	for range 3 { // a queue takes a few more than its limit
		r.mustDelay(layout.Step<<level, "message")
	}
	until(full, func(n int) bool { return n > 0 })
	for range 3 {
		r.mustDelay(layout.Step<<level, "more")
	}
	until(layout.Level(r.prefix, level), func(n int) bool { return n == 0 })
}

// lagging is an API that says for a while that queues are empty.
func (r *rig) lagging(until time.Time) *management.Client {
	r.Helper()
	target, err := url.Parse(node(r.T).ManagementURL())
	if err != nil {
		r.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(target); p.Out.URL.RawPath = p.In.URL.EscapedPath() },
		ModifyResponse: func(response *http.Response) error {
			text, err := io.ReadAll(response.Body)
			if time.Now().Before(until) {
				text = regexp.MustCompile(`"messages":\d+`).ReplaceAll(text, []byte(`"messages":0`))
			}
			response.Body = io.NopCloser(bytes.NewReader(text))
			response.ContentLength = int64(len(text))
			response.Header.Set("Content-Length", strconv.Itoa(len(text)))
			return err
		},
	}
	server := httptest.NewServer(proxy)
	r.Cleanup(server.Close)
	api, err := management.New(server.URL, "guest", "guest")
	if err != nil {
		r.Fatal(err)
	}
	return api
}
