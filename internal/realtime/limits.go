package realtime

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/problem"
)

// Options bounds what realtime clients may ask of the board; 0 is no limit. Those on connections hold only while the board's
// rate limits are on, so that a load test, which turns these off, can open as many as it likes.
type Options struct {
	Topics     int // topics of one connection
	TopicBytes int // of one topic with its options, as it is sent

	Connections int // of the whole board
	PerUser     int
	PerAddress  int // IPv6: per /64, since that is what one customer gets
}

// DefaultOptions returns what a board has without any configuration.
func DefaultOptions() Options {
	return Options{Topics: 100, TopicBytes: 2_000, Connections: 10_000, PerUser: 20, PerAddress: 200}
}

// totalFactor bounds all topics of a connection together: most topics have no options at all.
const totalFactor = 10

// isPlainTopic reports whether a topic is one of PocketBase's own without records: where its SDK waits for the outcome of an OAuth2
// login, and where it hears that it is connected, which it also subscribes to.
func isPlainTopic(topic string) bool {
	name, _, _ := strings.Cut(topic, "?")
	return name == "" || name == "@oauth2" || name == "PB_CONNECT"
}

// network returns the part of an address that connections are counted by.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap()
	if ip.Is4() {
		return ip.String()
	}
	prefix, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return prefix.String()
}

// limitConnections refuses connections above the limits, and counts the others as long as they are open.
func (h *hub) limitConnections(e *core.RealtimeConnectRequestEvent) error {
	address, limits := network(e.RealIP()), h.limits
	if !e.App.Settings().RateLimits.Enabled {
		limits.Connections, limits.PerAddress = 0, 0
	}
	connection := newConnection(e.Client, h)
	if !h.open(connection, address, limits) {
		e.Response.Header().Del("Content-Type") // which PocketBase has set for the stream
		e.App.Logger().Warn("Refused a realtime connection: too many are open.", "address", address)
		return e.TooManyRequestsError("There are too many realtime connections.", nil)
	}
	defer h.close(connection, address)
	e.Client = connection
	return e.Next()
}

// checkTopics refuses what is too much or names no collection, and leaves out topics that can bring the caller nothing. These
// are no error, as a list by a rule that the caller doesn't meet is empty and no error: a client whose login has ended
// subscribes again to all it had, as a guest, and would try for ever.
func (h *hub) checkTopics(e *core.RealtimeSubscribeRequestEvent) error {
	if err := h.limits.check(e.Subscriptions); err != nil {
		return e.BadRequestError("These topics are too many or too long.", err)
	}
	kept := make([]string, 0, len(e.Subscriptions))
	for _, topic := range e.Subscriptions {
		if isPlainTopic(topic) {
			kept = append(kept, topic)
			continue
		}
		rule, collection := ruleOf(e.App, topic)
		switch {
		case collection == nil:
			return e.BadRequestError("There is no such topic.", refused(topic+` is no topic: it must be like "jobs/*" or "jobs/RECORD_ID".`))
		case e.HasSuperuserAuth():
			kept = append(kept, topic)
		case rule == nil:
			return e.ForbiddenError("Only superusers can subscribe to this topic.", refused(topic+" is for superusers alone."))
		case decide(*rule, callerOperand(e.Auth)) != never:
			kept = append(kept, topic)
		}
	}
	e.Subscriptions = kept
	return h.claim(e)
}

// claim counts the connection as the caller's, before PocketBase files it so.
func (h *hub) claim(e *core.RealtimeSubscribeRequestEvent) error {
	connection, ours := e.Client.(*connection)
	if !ours {
		return e.Next()
	}
	limit := h.limits.PerUser
	if !e.App.Settings().RateLimits.Enabled {
		limit = 0
	}
	if !h.move(connection, accountOf(e.Auth), limit) {
		return e.TooManyRequestsError("This account has too many realtime connections.", nil)
	}
	err := e.Next()
	if err != nil {
		auth, _ := connection.Get(apis.RealtimeClientAuthKey).(*core.Record)
		h.move(connection, accountOf(auth), 0)
	}
	return err
}

func (l Options) check(topics []string) error {
	if l.Topics > 0 && len(topics) > l.Topics {
		return refused(fmt.Sprintf("Must have at most %d topics.", l.Topics))
	}
	total := 0
	for _, topic := range topics {
		total += len(topic)
		if l.TopicBytes > 0 && len(topic) > l.TopicBytes {
			return refused(fmt.Sprintf("Each topic with its options must have at most %d bytes.", l.TopicBytes))
		}
	}
	if l.TopicBytes > 0 && total > totalFactor*l.TopicBytes {
		return refused(fmt.Sprintf("All topics with their options must have at most %d bytes.", totalFactor*l.TopicBytes))
	}
	return nil
}

func refused(message string) error {
	return problem.Field("subscriptions", problem.InvalidValue, message)
}

// ruleOf finds the collection that a topic is about, and which of its rules the topic goes by.
func ruleOf(app core.App, topic string) (*string, *core.Collection) {
	name, record, _ := strings.Cut(base(topic), "/")
	collection, err := app.FindCachedCollectionByNameOrId(name)
	if err != nil || (collection.Name != name && collection.Id != name) {
		return nil, nil
	}
	if record == "" || record == "*" {
		return collection.ListRule, collection
	}
	return collection.ViewRule, collection
}
