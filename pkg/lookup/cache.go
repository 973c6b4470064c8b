package lookup

import (
	"context"
	"errors"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"
)

// DefaultCacheSize is the number of questions that a Cache remembers by
// default: those of many targets at once, in a few ten megabytes.
const DefaultCacheSize = 1 << 14

// Cache asks another Resolver each question once and remembers the outcome:
// records, the absence of records, and failures. It is made for one run and
// heeds no TTL, so that a question has one answer from beginning to end.
type Cache struct {
	resolver Resolver
	kept     *lru.Cache[Question, Reply]
	mu       sync.Mutex
	flights  map[Question]*flight
}

// flight is a question that is being asked, for all who want to know.
type flight struct {
	cancel  context.CancelFunc
	waiting int // guarded by Cache.mu
	done    chan struct{}
	reply   Reply // valid once done is closed
}

// NewCache returns a cache over r for that many questions; the least recently
// used one gives way. A size of 0 stands for DefaultCacheSize.
func NewCache(r Resolver, size int) *Cache {
	if size <= 0 {
		size = DefaultCacheSize
	}
	kept, err := lru.New[Question, Reply](size)
	if err != nil {
		panic(err) // only a size below 1 is an error
	}
	return &Cache{resolver: r, kept: kept, flights: make(map[Question]*flight)}
}

// Query answers from memory or asks. A caller whose context ends goes without
// the answer; the question stays open as long as anybody waits for it.
func (c *Cache) Query(ctx context.Context, name string, typ Type) (Answer, error) {
	q := Question{name, typ}
	if reply, ok := c.kept.Get(q); ok {
		return reply.Answer, reply.Err
	}
	f := c.join(ctx, q)
	defer c.leave(f, q)
	select {
	case <-f.done:
		return f.reply.Answer, f.reply.Err
	case <-ctx.Done():
		failed := ended(ctx)
		failed.Question = q
		return Answer{}, failed
	}
}

// join returns the flight that asks q, a new one if there is none. The flight
// outlives the context that started it.
func (c *Cache) join(ctx context.Context, q Question) *flight {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f, ok := c.flights[q]; ok {
		f.waiting++
		return f
	}
	f := &flight{waiting: 1, done: make(chan struct{})}
	if reply, ok := c.kept.Get(q); ok { // it landed a moment ago
		f.reply, f.cancel = reply, func() {}
		close(f.done)
		return f
	}
	ctx, f.cancel = context.WithCancel(context.WithoutCancel(ctx))
	c.flights[q] = f
	go c.fly(ctx, f, q)
	return f
}

// fly asks and lands: the outcome is kept, unless it is that nobody waited.
func (c *Cache) fly(ctx context.Context, f *flight, q Question) {
	answer, err := c.resolver.Query(ctx, q.Name, q.Type)
	f.reply = Reply{Question: q, Answer: answer, Err: err}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !errors.Is(err, ErrCanceled) {
		c.kept.Add(q, f.reply)
	}
	c.forget(f, q)
	close(f.done)
}

// leave ends the wait of one caller, and the flight with that of the last.
func (c *Cache) leave(f *flight, q Question) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.waiting--; f.waiting == 0 {
		f.cancel()
		c.forget(f, q)
	}
}

// forget makes sure that nobody joins the flight any more. Cache.mu is held.
func (c *Cache) forget(f *flight, q Question) {
	if c.flights[q] == f {
		delete(c.flights, q)
	}
}
