package realtime

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/picker"
	"github.com/pocketbase/pocketbase/tools/search"
	"github.com/pocketbase/pocketbase/tools/subscriptions"

	"jobboard/internal/changes"
)

// maxEvaluation is how long the database may take for one topic before the topic's connections are closed.
const maxEvaluation = 3 * time.Second

// errUnanswered means that the database did not answer whether a record may be shown.
var errUnanswered = errors.New("the database gave no answer")

// audience is the connections for which an event is the same: those of the same account with the same topic, such as all guests at jobs/*.
type audience struct {
	topic       topic
	auth        *core.Record
	connections []*connection
}

func audiences(followers map[*connection][]topic) []*audience {
	type key struct{ account, topic string }
	found := map[key]*audience{}
	var list []*audience
	for c, topics := range followers {
		auth, _ := c.Get(apis.RealtimeClientAuthKey).(*core.Record)
		for _, topic := range topics {
			k := key{accountOf(auth), topic.text}
			if found[k] == nil {
				found[k] = &audience{topic: topic, auth: auth}
				list = append(list, found[k])
			}
			found[k].connections = append(found[k].connections, c)
		}
	}
	return list
}

// deliver sends an event to the followers who may see it. The rules are evaluated on the same snapshot that the record is read from, so
// that nobody is shown one version of the record by the permissions of another.
func (h *hub) deliver(e event) {
	defer func() { e.snapshot.done() }()
	list := audiences(h.followersOf(e))
	if len(list) == 0 {
		return
	}
	record, err := h.shown(&e)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return // deleted meanwhile, which has an event of its own
	case err != nil:
		h.disconnectFollowers(e, err.Error())
		return
	}
	for _, a := range list {
		h.send(e, record, a)
	}
}

// shown returns the record that an event shows, and takes a snapshot for the event if it has none.
func (h *hub) shown(e *event) (*core.Record, error) {
	if e.snapshot == nil && e.deleted != nil && e.change == nil {
		return e.deleted, nil
	}
	if e.snapshot == nil {
		present, err := h.beginSnapshot(queuedWait, func() {})
		if err != nil {
			return nil, err
		}
		e.snapshot = present
	}
	if e.change != nil && e.deleted != nil {
		restored, err := e.snapshot.restoration(h.app, *e.change)
		e.snapshot.restored = restored
		return e.deleted, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), maxEvaluation)
	defer cancel()
	record, err := e.snapshot.read(ctx, e.collection, e.id)
	if errors.Is(err, sql.ErrNoRows) && e.change != nil {
		return h.deletedMeanwhile(e)
	}
	return record, err
}

// deletedMeanwhile returns the record of a change that was deleted after it, or sql.ErrNoRows.
func (h *hub) deletedMeanwhile(e *event) (*core.Record, error) {
	deletion, err := changes.DeletionOf(e.snapshot.tx, *e.change)
	if err != nil {
		return nil, err
	}
	if deletion == nil {
		return nil, sql.ErrNoRows
	}
	if e.snapshot.restored, err = e.snapshot.restoration(h.app, *deletion); err != nil {
		return nil, err
	}
	return deletion.Deleted(e.collection)
}

// send sends an event to one audience if it may see the record.
func (h *hub) send(e event, record *core.Record, a *audience) {
	ctx, cancel := context.WithTimeout(context.Background(), maxEvaluation)
	defer cancel()
	began := time.Now()
	data, err := h.message(ctx, e, record, a)
	share := time.Since(began) / time.Duration(len(a.connections))
	if err != nil {
		h.app.Logger().Debug("Failed to send a record", "collection", e.collection.Name, "id", e.id, "error", err)
	}
	for _, c := range a.connections {
		c.spent.Add(int64(share))
		switch {
		case errors.Is(err, errUnanswered):
			c.Discard()
		case data != nil:
			c.Send(subscriptions.Message{Name: a.topic.text, Data: data})
		}
	}
}

// message returns the message for an audience, or nil if it may not see the record. It does what PocketBase's own broadcast does.
func (h *hub) message(ctx context.Context, e event, record *core.Record, a *audience) ([]byte, error) {
	request := requestOf(ctx, h.app, a)
	info, err := request.RequestInfo()
	if err != nil {
		return nil, err
	}
	rule := e.collection.ViewRule
	if a.topic.list {
		rule = e.collection.ListRule
	}
	if ok, err := e.snapshot.meets(ctx, h.app, record, info, rule); err != nil || !ok {
		return nil, err
	}
	if ok, err := e.snapshot.matches(ctx, h.app, record, info); err != nil || !ok {
		return nil, err
	}
	shown := record.Fresh()
	if err := apis.EnrichRecord(request, shown); err != nil {
		return nil, fmt.Errorf("enrich the record: %w", err)
	}
	var body any = shown
	if fields := info.Query["fields"]; fields != "" {
		if body, err = picker.Pick(shown, fields); err != nil {
			return nil, fmt.Errorf("pick the fields: %w", err)
		}
	}
	return json.Marshal(struct {
		Record any    `json:"record"`
		Action string `json:"action"`
	}{body, e.action})
}

// requestOf returns the request by which PocketBase's rules and hooks see a topic.
func requestOf(ctx context.Context, app core.App, a *audience) *core.RequestEvent {
	query, header := url.Values{}, http.Header{}
	for key, value := range a.topic.options.Query {
		query.Set(key, value)
	}
	for key, value := range a.topic.options.Headers {
		header.Set(key, value)
	}
	event := new(core.RequestEvent)
	event.App = app
	event.Auth = a.auth
	event.Request = (&http.Request{
		Method: http.MethodGet, URL: &url.URL{RawQuery: query.Encode()}, Header: header, Body: http.NoBody,
	}).WithContext(ctx)
	event.Set(core.RequestEventKeyInfoContext, core.RequestInfoContextRealtime)
	return event
}

// meets reports whether the record meets a rule for the caller, as [core.App.CanAccessRecord] does for the current record. On a nil
// snapshot it answers only what can be decided without the database.
func (s *snapshot) meets(ctx context.Context, app core.App, record *core.Record, info *core.RequestInfo, rule *string) (bool, error) {
	switch {
	case info.HasSuperuserAuth():
		return true, nil
	case rule == nil:
		return false, nil
	}
	switch decide(*rule, rowOperand(info.Auth, record)) {
	case always:
		return true, nil
	case never:
		return false, nil
	}
	return s.has(ctx, core.NewRecordFieldResolver(app, record.Collection(), info, true), record, *rule)
}

// matches reports whether the record matches the topic's own filter, if there is one.
func (s *snapshot) matches(ctx context.Context, app core.App, record *core.Record, info *core.RequestInfo) (bool, error) {
	filter := info.Query[search.FilterQueryParam]
	if filter == "" {
		return true, nil
	}
	// As PocketBase does, which keeps both to superusers.
	if !info.HasSuperuserAuth() && (strings.Contains(filter, "@collection.") || strings.Contains(filter, "@request.")) {
		return false, nil
	}
	return s.has(ctx, core.NewRecordFieldResolver(app, record.Collection(), info, false), record, filter)
}

func (s *snapshot) has(ctx context.Context, resolver *core.RecordFieldResolver, record *core.Record, filter string) (bool, error) {
	if s == nil {
		return false, errUnanswered
	}
	expr, err := search.FilterData(filter).BuildExpr(resolver)
	if err != nil {
		return false, fmt.Errorf("read the filter: %w", err)
	}
	table := record.Collection().Name
	query := s.tx.Select("(1)").From(table).Where(dbx.HashExp{table + ".id": record.Id}).AndWhere(expr)
	if s.restored != nil {
		s.restored.apply(query)
	}
	if err := resolver.UpdateQuery(query); err != nil {
		return false, fmt.Errorf("join what the filter names: %w", err)
	}
	var found int
	err = query.Limit(1).WithContext(ctx).Row(&found)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, fmt.Errorf("%w: %w", errUnanswered, err)
	}
	return found > 0, nil
}

// disconnectFollowers disconnects the followers of an event that can't be delivered: they fetch the records when they reconnect.
func (h *hub) disconnectFollowers(e event, reason string) {
	followers := h.followersOf(e)
	h.app.Logger().Warn("Closed realtime connections that would have missed an event.",
		"collection", e.collection.Name, "connections", len(followers), "reason", reason)
	for c := range followers {
		c.Discard()
	}
}

// disconnectCostliest disconnects the follower whose topics have taken the most time, to spare the others.
func (h *hub) disconnectCostliest(e event) {
	var costliest *connection
	for c := range h.followersOf(e) {
		if costliest == nil || c.spent.Load() > costliest.spent.Load() {
			costliest = c
		}
	}
	if costliest == nil {
		return
	}
	h.app.Logger().Warn("Closed the realtime connection with the costliest topics, since too many events are waiting.", "collection",
		e.collection.Name)
	costliest.Discard()
}
