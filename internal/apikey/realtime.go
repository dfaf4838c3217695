package apikey

import (
	"errors"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"jobboard/collections"
)

var errEnded = errors.New("the API key of this connection has ended")

// bindRealtime lets keys subscribe to what they may read, for as long as they are valid.
func bindRealtime(app core.App, k *keys) {
	app.OnRealtimeSubscribeRequest().Bind(&hook.Handler[*core.RealtimeSubscribeRequestEvent]{
		Id: "checkScopesOnRealtimeSubscribe", Priority: -110, Func: k.subscribe, // before topics that never match are left out
	})
	app.OnRealtimeMessageSend().BindFunc(func(e *core.RealtimeMessageEvent) error {
		if keyID := keyOf(e.Client); keyID != "" {
			found, err := k.store.find(e.App, keyID)
			if err != nil || found == nil {
				return errors.Join(err, errEnded)
			}
		}
		return e.Next()
	})
}

func (k *keys) subscribe(e *core.RealtimeSubscribeRequestEvent) error {
	if !collections.IsAPIKey(e.Auth) {
		return e.Next()
	}
	for _, topic := range e.Subscriptions {
		name, _, _ := strings.Cut(topic, "?")
		name, _, _ = strings.Cut(name, "/")
		if name == "PB_CONNECT" { // PocketBase's own, without records
			continue
		}
		if err := requireCollection(e.RequestEvent, e.Auth, name, true); err != nil {
			return err
		}
	}
	if err := e.Next(); err != nil {
		return err
	}
	// It may have ended after the request was let in and before the connection was its own.
	found, err := k.store.find(e.App, collections.KeyIDOf(e.Auth.Id))
	if err != nil || found == nil {
		e.App.SubscriptionsBroker().Unregister(e.Client.Id())
	}
	return err
}
