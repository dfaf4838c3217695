package realtime

import (
	"sync"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/subscriptions"
)

// hub knows the connections of each logged-in user.
type hub struct {
	app   core.App // the board, outside of any transaction
	mu    sync.RWMutex
	users map[string]map[*connection]struct{} // user id -> the user's connections
}

func newHub(app core.App) *hub {
	return &hub{app: app, users: map[string]map[*connection]struct{}{}}
}

// move files a connection under another user; "" is nobody. A discarded connection is filed nowhere again.
func (h *hub) move(c *connection, user string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c.user == user || (c.gone && user != "") {
		return
	}
	if c.user != "" {
		delete(h.users[c.user], c)
		if len(h.users[c.user]) == 0 {
			delete(h.users, c.user)
		}
	}
	c.user = user
	if user == "" {
		return
	}
	if h.users[user] == nil {
		h.users[user] = map[*connection]struct{}{}
	}
	h.users[user][c] = struct{}{}
}

// forget files a connection nowhere, for good.
func (h *hub) forget(c *connection) {
	h.mu.Lock()
	c.gone = true
	h.mu.Unlock()
	h.move(c, "")
}

// brokerOf makes a broker that holds the user's connections alone.
func (h *hub) brokerOf(user string) *subscriptions.Broker {
	broker := subscriptions.NewBroker()
	h.mu.RLock()
	defer h.mu.RUnlock()
	for c := range h.users[user] {
		broker.Register(c)
	}
	return broker
}

func (h *hub) connected(users []string) []string {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if len(h.users) == 0 {
		return nil
	}
	var connected []string
	for _, user := range users {
		if len(h.users[user]) > 0 {
			connected = append(connected, user)
		}
	}
	return connected
}

func (h *hub) crowded(user string) bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for c := range h.users[user] {
		if c.crowded() {
			return true
		}
	}
	return false
}
