package realtime

import (
	"sync"
	"sync/atomic"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/subscriptions"
)

const (
	channelSize    = 8       // messages that are buffered without a goroutine
	maxWaiting     = 1 << 20 // bytes of messages that wait for a slow client before it is disconnected
	congestedBytes = maxWaiting / 4
)

// connection is PocketBase's realtime client with two differences: it updates the hub whenever PocketBase changes its account or its
// topics, and sending never blocks. Messages that the client does not read are queued, up to maxWaiting; then the connection is closed,
// and the client fetches what it missed when it reconnects, as PocketBase's SDK does by itself.
type connection struct {
	subscriptions.Client // holds the subscriptions and the store
	hub                  *hub

	account string             // guarded by hub.mu
	topics  map[string][]topic // guarded by hub.mu
	gone    bool               // guarded by hub.mu

	spent atomic.Int64 // nanoseconds that evaluating its topics has taken

	mu           sync.Mutex
	out          chan subscriptions.Message
	waiting      []subscriptions.Message
	waitingBytes int
	pumping      bool // a goroutine moves waiting messages to out; it alone may close out
	closed       bool
	done         chan struct{} // closed with the connection
}

func newConnection(client subscriptions.Client, h *hub) *connection {
	return &connection{
		Client: client,
		hub:    h,
		out:    make(chan subscriptions.Message, channelSize),
		done:   make(chan struct{}),
	}
}

// Set also updates the hub when the connection's login changes.
func (c *connection) Set(key string, value any) {
	c.Client.Set(key, value)
	if key == apis.RealtimeClientAuthKey {
		auth, _ := value.(*core.Record)
		c.hub.move(c, accountOf(auth), 0)
	}
}

// Unset also updates the hub when the connection loses its login.
func (c *connection) Unset(key string) {
	c.Client.Unset(key)
	if key == apis.RealtimeClientAuthKey {
		c.hub.move(c, "", 0)
	}
}

// Subscribe also updates the connection's topics in the hub.
func (c *connection) Subscribe(topics ...string) {
	c.Client.Subscribe(topics...)
	c.hub.follow(c, byName(c.Client.Subscriptions()))
}

// Unsubscribe also updates the connection's topics in the hub.
func (c *connection) Unsubscribe(topics ...string) {
	c.Client.Unsubscribe(topics...)
	c.hub.follow(c, byName(c.Client.Subscriptions()))
}

// Channel returns the channel that PocketBase's connect handler reads from.
func (c *connection) Channel() chan subscriptions.Message { return c.out }

// IsDiscarded reports whether the connection is closed.
func (c *connection) IsDiscarded() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

// Send queues a message without blocking. It closes the connection if the client is too slow.
func (c *connection) Send(message subscriptions.Message) {
	if !c.enqueue(message) {
		c.Discard()
	}
}

// enqueue reports whether there was room for the message.
func (c *connection) enqueue(message subscriptions.Message) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return true
	}
	if !c.pumping {
		select {
		case c.out <- message:
			return true
		default:
			c.pumping = true
			go c.pump()
		}
	}
	size := len(message.Name) + len(message.Data)
	if c.waitingBytes > 0 && c.waitingBytes+size > maxWaiting {
		return false
	}
	c.waiting = append(c.waiting, message)
	c.waitingBytes += size
	return true
}

// congested reports whether so much is queued for the client that callers that can wait should.
func (c *connection) congested() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waitingBytes > congestedBytes
}

// busy reports whether messages are still to be sent.
func (c *connection) busy() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.closed && (c.pumping || len(c.out) > 0)
}

// pump moves the waiting messages to the channel in order. It ends when none is left or the connection is closed.
func (c *connection) pump() {
	for {
		message, ok := c.nextWaiting()
		if !ok {
			return
		}
		select {
		case c.out <- message:
		case <-c.done:
		}
	}
}

func (c *connection) nextWaiting() (subscriptions.Message, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || len(c.waiting) == 0 {
		c.pumping = false
		if c.closed {
			close(c.out)
		}
		return subscriptions.Message{}, false
	}
	message := c.waiting[0]
	c.waiting = c.waiting[1:]
	c.waitingBytes -= len(message.Name) + len(message.Data)
	return message, true
}

// Discard closes the connection. It is safe to call it more than once.
func (c *connection) Discard() {
	c.hub.forget(c)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	c.closed = true
	c.waiting, c.waitingBytes = nil, 0
	close(c.done)
	if !c.pumping {
		close(c.out)
	}
}
