package deadletter

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

const (
	// returnBurst is how many letters go back before the queue is looked at. Of
	// more than twice 32 that are under way RabbitMQ mixes up the order (measured
	// on 3.10).
	returnBurst = 64
	// returnTime is how long they are waited for. Somebody else may have taken
	// them, so that they never show.
	returnTime = 2 * time.Second
)

// Close hands back what was not removed, in its order, and waits for the broker,
// for some seconds at most. In the queue it stands before what was never read, and
// behind what others have handed back.
func (r *Reader) Close() error {
	if r.ch.IsClosed() {
		return nil
	}
	err := r.fill()
	if err == nil {
		err = r.conn.Wait(context.Background(), r.cancel)
	}
	if err == nil {
		err = r.handBack()
	}
	if err == nil {
		err = r.conn.Wait(context.Background(), r.ch.Close)
	}
	if err != nil {
		return fmt.Errorf("queue %q: %w (what was not removed goes back by itself)", r.name, err)
	}
	return nil
}

// fill receives what is on its way. What is when deliveries are cancelled RabbitMQ
// hands back at once, before all others.
func (r *Reader) fill() error {
	if n, err := r.ready(context.Background()); n == 0 || err != nil {
		return err
	}
	timer := time.NewTimer(quiet)
	defer timer.Stop()
	for r.room > 0 {
		select {
		case d, ok := <-r.deliveries:
			if !ok {
				return r.lost()
			}
			r.room--
			r.held[d.DeliveryTag] = struct{}{}
		case <-timer.C:
			return nil
		}
	}
	return nil
}

// cancel ends the deliveries.
func (r *Reader) cancel() error {
	if r.consumer == 0 {
		return nil
	}
	if err := r.ch.Cancel(r.tag(), false); err != nil {
		return err
	}
	for d := range r.deliveries {
		r.held[d.DeliveryTag] = struct{}{}
	}
	return nil
}

func (r *Reader) handBack() error {
	there, err := r.ready(context.Background())
	inOrder := true
	for burst := range slices.Chunk(slices.Sorted(maps.Keys(r.held)), returnBurst) {
		for _, tag := range burst {
			if err == nil {
				err = r.ch.Nack(tag, false, true)
			}
		}
		if err != nil {
			return err
		}
		there += len(burst)
		inOrder = inOrder && r.await(there)
	}
	return err
}

// await waits until the queue has so many letters again, and reports whether it
// has.
func (r *Reader) await(letters int) bool {
	for start := time.Now(); time.Since(start) < returnTime; time.Sleep(time.Millisecond) {
		if n, err := r.ready(context.Background()); n >= letters || err != nil {
			return err == nil
		}
	}
	return false
}
