package realtime

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/problem"
)

// Options limits what realtime clients may subscribe to; 0 is no limit. The limits on connections apply only while the board's rate
// limits are on, so that a load test, which turns these off, can open any number.
type Options struct {
	Topics     int // topics of one connection
	TopicBytes int // of one topic with its options, as it is sent

	Connections int // of the whole board
	PerUser     int
	PerAddress  int // IPv6: per /64, since that is what one customer gets
}

// DefaultOptions returns the limits of a board without any configuration.
func DefaultOptions() Options {
	return Options{Topics: 100, TopicBytes: 2_000, Connections: 10_000, PerUser: 20, PerAddress: 200}
}

// totalFactor limits all topics of a connection together, in multiples of TopicBytes: most topics have no options at all.
const totalFactor = 10

// isPlainTopic reports whether a topic is one of PocketBase's own, without records: its SDK subscribes to the outcome of an OAuth2 login
// and to the event that it is connected.
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

// limitConnections refuses connections above the limits, and counts the others while they are open.
func (h *hub) limitConnections(e *core.RealtimeConnectRequestEvent) error {
	address, limits := network(e.RealIP()), h.options
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

// checkTopics refuses too many topics and topics of no collection, and leaves out topics that can never match for the caller. The latter
// are no error, as a list whose rule the caller does not meet is empty and no error: a client whose login has ended subscribes again to
// all its topics, as a guest, and would retry for ever.
func (h *hub) checkTopics(e *core.RealtimeSubscribeRequestEvent) error {
	if err := h.options.check(e.Subscriptions); err != nil {
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
			return e.BadRequestError("There is no such topic.",
				refused(topic+` is no topic: it must be like "jobs/*" or "jobs/RECORD_ID".`))
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

// claim counts the connection as the caller's before PocketBase does.
func (h *hub) claim(e *core.RealtimeSubscribeRequestEvent) error {
	connection, ours := e.Client.(*connection)
	if !ours {
		return e.Next()
	}
	limit := h.options.PerUser
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

func (o Options) check(topics []string) error {
	if o.Topics > 0 && len(topics) > o.Topics {
		return refused(fmt.Sprintf("Must have at most %d topics.", o.Topics))
	}
	total := 0
	for _, topic := range topics {
		total += len(topic)
		if o.TopicBytes > 0 && len(topic) > o.TopicBytes {
			return refused(fmt.Sprintf("Each topic with its options must have at most %d bytes.", o.TopicBytes))
		}
	}
	if o.TopicBytes > 0 && total > totalFactor*o.TopicBytes {
		return refused(fmt.Sprintf("All topics with their options must have at most %d bytes.", totalFactor*o.TopicBytes))
	}
	return nil
}

func refused(message string) error {
	return problem.Field("subscriptions", problem.InvalidValue, message)
}

// ruleOf returns the collection of a topic, and which of its rules applies.
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
