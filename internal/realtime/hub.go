package realtime

import (
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/subscriptions"

	"jobboard/collections"
)

// hub is an index of the connections by account and by topic.
type hub struct {
	app       core.App // the board, outside of any transaction
	options   Options
	snapshots atomic.Int64 // open ones of waiting events

	mu        sync.RWMutex
	all       map[*connection]struct{}
	addresses map[string]int                      // number of connections from a network
	accounts  map[string]map[*connection]struct{} // by accountOf
	followers map[string]map[*connection]struct{} // by a topic without its options

	queuesMu sync.Mutex
	queues   map[string]*queue // by the collection's id

	announced int64 // the number of the last change of a cluster that was passed on; the loop's own

	deletions sync.Map // of running transactions: *core.TxAppInfo -> *snapshot
}

func newHub(app core.App, options Options) *hub {
	return &hub{
		app: app, options: options,
		all: map[*connection]struct{}{}, addresses: map[string]int{},
		accounts: map[string]map[*connection]struct{}{}, followers: map[string]map[*connection]struct{}{},
		queues: map[string]*queue{},
	}
}

// accountOf returns the key of a connection's account: a user's id, or "" for a guest.
func accountOf(auth *core.Record) string {
	switch {
	case auth == nil:
		return ""
	case auth.Collection().Name == collections.Users:
		return auth.Id
	}
	return auth.Collection().Id + "/" + auth.Id
}

// open counts a new connection, and reports whether the limits allow it.
func (h *hub) open(c *connection, address string, limits Options) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if limits.Connections > 0 && len(h.all) >= limits.Connections ||
		limits.PerAddress > 0 && h.addresses[address] >= limits.PerAddress {
		return false
	}
	h.all[c] = struct{}{}
	h.addresses[address]++
	return true
}

// close undoes open.
func (h *hub) close(c *connection, address string) {
	c.Discard()
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.all, c)
	if h.addresses[address]--; h.addresses[address] <= 0 {
		delete(h.addresses, address)
	}
}

// move indexes a connection under another account; "" is a guest. It does nothing and returns false if that account has reached the
// limit on connections; 0 is no limit. A discarded connection is not indexed again.
func (h *hub) move(c *connection, account string, limit int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c.account == account || (c.gone && account != "") {
		return true
	}
	if account != "" && limit > 0 && len(h.accounts[account]) >= limit {
		return false
	}
	unfile(h.accounts, c.account, c)
	c.account = account
	file(h.accounts, account, c)
	return true
}

// follow indexes a connection under its topics, in place of its previous ones.
func (h *hub) follow(c *connection, topics map[string][]topic) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for name := range c.topics {
		unfile(h.followers, name, c)
	}
	if c.gone {
		topics = nil
	}
	c.topics = topics
	for name := range topics {
		file(h.followers, name, c)
	}
}

// forget removes a connection from the index for good.
func (h *hub) forget(c *connection) {
	h.mu.Lock()
	c.gone = true
	h.mu.Unlock()
	h.move(c, "", 0)
	h.follow(c, nil)
}

func file(index map[string]map[*connection]struct{}, key string, c *connection) {
	if key == "" {
		return
	}
	if index[key] == nil {
		index[key] = map[*connection]struct{}{}
	}
	index[key][c] = struct{}{}
}

func unfile(index map[string]map[*connection]struct{}, key string, c *connection) {
	delete(index[key], c)
	if len(index[key]) == 0 {
		delete(index, key)
	}
}

// accountBroker returns a broker with the account's connections only, without their topics.
func (h *hub) accountBroker(account string) *subscriptions.Broker {
	broker := subscriptions.NewBroker()
	h.mu.RLock()
	defer h.mu.RUnlock()
	for c := range h.accounts[account] {
		broker.Register(topicless{c})
	}
	return broker
}

// topicless is a connection whose topics are hidden from PocketBase, since the hub serves them.
type topicless struct{ subscriptions.Client }

// Subscriptions returns none.
func (topicless) Subscriptions(...string) map[string]subscriptions.SubscriptionOptions { return nil }

// followersOf returns the connections with a topic that the record belongs to. For notifications it looks only at the recipient's
// connections, so that the cost does not depend on the number of other users.
func (h *hub) followersOf(e event) map[*connection][]topic {
	h.mu.RLock()
	defer h.mu.RUnlock()
	found := map[*connection][]topic{}
	for _, name := range e.topics() {
		if e.recipient != "" {
			for c := range h.accounts[e.recipient] {
				if topics := c.topics[name]; len(topics) > 0 {
					found[c] = append(found[c], topics...)
				}
			}
			continue
		}
		for c := range h.followers[name] {
			found[c] = append(found[c], c.topics[name]...)
		}
	}
	return found
}

// followed reports whether any connection has a topic that the record belongs to.
func (h *hub) followed(e event) bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, name := range e.topics() {
		if e.recipient == "" && len(h.followers[name]) > 0 {
			return true
		}
		for c := range h.accounts[e.recipient] {
			if len(c.topics[name]) > 0 {
				return true
			}
		}
	}
	return false
}

// followsCollection reports whether any connection has a topic of the collection.
func (h *hub) followsCollection(collection *core.Collection) bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for name := range h.followers {
		if of, _, _ := strings.Cut(name, "/"); of == collection.Name || of == collection.Id {
			return true
		}
	}
	return false
}

func (h *hub) connected(users []string) []string {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if len(h.accounts) == 0 {
		return nil
	}
	var connected []string
	for _, user := range users {
		if len(h.accounts[user]) > 0 {
			connected = append(connected, user)
		}
	}
	return connected
}

func (h *hub) congested(user string) bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for c := range h.accounts[user] {
		if c.congested() {
			return true
		}
	}
	return false
}

// settled reports whether all events have been delivered and all messages written to the connections' channels and read from them.
func (h *hub) settled() bool {
	h.queuesMu.Lock()
	for _, queue := range h.queues {
		if queue.busy() {
			h.queuesMu.Unlock()
			return false
		}
	}
	h.queuesMu.Unlock()
	h.mu.RLock()
	defer h.mu.RUnlock()
	for c := range h.all {
		if c.busy() {
			return false
		}
	}
	return true
}

// Settle waits, for at most the given time, until all events have been delivered.
func (h *hub) Settle(most time.Duration) {
	for began := time.Now(); !h.settled() && time.Since(began) < most; {
		time.Sleep(time.Millisecond)
	}
}
