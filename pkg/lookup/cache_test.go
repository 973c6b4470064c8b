package lookup

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// counting answers every question with what it was made with, and counts them.
// While hold is open it waits, for that or for the end of the context.
type counting struct {
	reply Reply
	hold  chan struct{}
	asked atomic.Int32
	ended atomic.Int32 // how often the context ended first
}

func (r *counting) Query(ctx context.Context, name string, typ Type) (Answer, error) {
	r.asked.Add(1)
	if r.hold != nil {
		select {
		case <-r.hold:
		case <-ctx.Done():
			r.ended.Add(1)
			return Answer{}, &Error{Question: Question{name, typ}, Reason: ErrCanceled}
		}
	}
	return r.reply.Answer, r.reply.Err
}

func TestCacheKeeps(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		reply Reply
		asked int32
	}{
		{"records", Reply{Answer: Answer{Records: []Record{{Name: "a.example"}}}}, 1},
		{"no records", Reply{Answer: Answer{NXDomain: true}}, 1},
		{"failure", Reply{Err: &Error{Reason: ErrServFail}}, 1},
		{"not a cancellation", Reply{Err: &Error{Reason: ErrCanceled}}, 3},
	}
	for _, tt := range tests {
		r := &counting{reply: tt.reply}
		c := NewCache(r, 0)
		for range 3 {
			a, err := c.Query(t.Context(), "a.example", TypeA)
			if len(a.Records) != len(tt.reply.Answer.Records) || a.NXDomain != tt.reply.Answer.NXDomain || err != tt.reply.Err {
				t.Errorf("%s: got %v, %v", tt.name, a, err)
			}
		}
		if got := r.asked.Load(); got != tt.asked {
			t.Errorf("%s: asked %d times, want %d", tt.name, got, tt.asked)
		}
	}
}

func TestCacheIsBounded(t *testing.T) {
	t.Parallel()
	r := new(counting)
	c := NewCache(r, 2)
	for _, name := range []string{"a", "b", "a", "c", "a", "b"} { // c takes the place of b
		c.Query(t.Context(), name, TypeA)
	}
	if got := r.asked.Load(); got != 4 || c.kept.Len() != 2 {
		t.Errorf("asked %d times, kept %d; want 4 and 2", got, c.kept.Len())
	}
}

func TestCacheSharesAFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &counting{hold: make(chan struct{})}
		c := NewCache(r, 0)
		done := make(chan error)
		for range 10 {
			go func() {
				_, err := c.Query(t.Context(), "a.example", TypeA)
				done <- err
			}()
		}
		synctest.Wait()
		close(r.hold)
		for range 10 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if got := r.asked.Load(); got != 1 || len(c.flights) != 0 {
			t.Errorf("asked %d times, %d flights left", got, len(c.flights))
		}
	})
}

func TestCacheFlightOutlivesItsFirstCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &counting{hold: make(chan struct{})}
		c := NewCache(r, 0)
		first, leave := context.WithCancel(t.Context())
		gone, stayed := make(chan error, 1), make(chan error, 1)
		go func() {
			_, err := c.Query(first, "a.example", TypeA)
			gone <- err
		}()
		synctest.Wait()
		go func() {
			_, err := c.Query(t.Context(), "a.example", TypeA)
			stayed <- err
		}()
		synctest.Wait()
		leave()
		if err := <-gone; !errors.Is(err, ErrCanceled) {
			t.Errorf("the first got %v", err)
		}
		close(r.hold)
		if err := <-stayed; err != nil || r.asked.Load() != 1 || r.ended.Load() != 0 {
			t.Errorf("the second got %v, asked %d times", err, r.asked.Load())
		}
	})
}

func TestCacheEndsAFlightNobodyWaitsFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &counting{hold: make(chan struct{})}
		c := NewCache(r, 0)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := c.Query(ctx, "a.example", TypeA)
		if e, ok := errors.AsType[*Error](err); !ok || e.Reason != ErrTimeout || e.Question.Name != "a.example" {
			t.Errorf("got %v", err)
		}
		synctest.Wait()
		if r.ended.Load() != 1 || c.kept.Len() != 0 || len(c.flights) != 0 {
			t.Errorf("ended %d, kept %d, %d flights", r.ended.Load(), c.kept.Len(), len(c.flights))
		}
		close(r.hold)
		if _, err := c.Query(t.Context(), "a.example", TypeA); err != nil || r.asked.Load() != 2 {
			t.Errorf("asked again: %v, %d", err, r.asked.Load())
		}
	})
}

func BenchmarkCacheHit(b *testing.B) {
	c := NewCache(new(counting), 0)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			c.Query(b.Context(), "a.example", TypeA)
		}
	})
}
