package realtime

import (
	"strings"

	"github.com/pocketbase/pocketbase/tools/subscriptions"
)

// topic is one subscription: its full text, which is also the name of its messages, and the options in it.
type topic struct {
	text    string
	options subscriptions.SubscriptionOptions
	list    bool // goes by the collection's list rule, else by its view rule
}

// base returns a topic's text without its options.
func base(text string) string {
	name, _, _ := strings.Cut(text, "?")
	return name
}

// byName groups a connection's subscriptions by their texts without options.
func byName(all map[string]subscriptions.SubscriptionOptions) map[string][]topic {
	topics := map[string][]topic{}
	for text, options := range all {
		name := base(text)
		list := strings.HasSuffix(name, "/*") || !strings.Contains(name, "/")
		topics[name] = append(topics[name], topic{text: text, options: options, list: list})
	}
	return topics
}

// topics lists the names under which an event's record can be followed, as PocketBase reads them; the one without a slash is
// an old form of "/*".
func (e event) topics() [6]string {
	name, id := e.collection.Name, e.collection.Id
	return [...]string{name + "/*", id + "/*", name, id, name + "/" + e.id, id + "/" + e.id}
}
