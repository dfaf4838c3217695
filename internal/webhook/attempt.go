package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"jobboard/collections"
	"jobboard/internal/leadership"
	"jobboard/internal/outbound"
)

// message is what is sent. Its id and body are the same in every attempt.
type message struct {
	url     string
	id      string
	body    []byte
	secrets []string
}

// payload is the body of a message, as Standard Webhooks has it.
type payload struct {
	Type      string        `json:"type"`
	Timestamp string        `json:"timestamp"`
	Data      types.JSONRaw `json:"data"`
}

// attempt sends a delivery once and stores what becomes of it. If the board stops meanwhile, the delivery is sent again after the next
// start. In a cluster nothing is sent before the event, the delivery and the endpoint are in the log, and if the node ceases to lead
// before the result is in it too, the next leader sends the delivery again.
func (w *worker) attempt(ctx context.Context, app core.App, id string) error {
	delivery, err := findDelivery(app, id)
	if err != nil || delivery == nil || delivery.GetString("status") != collections.DeliveryPending {
		return err
	}
	m, err := newMessage(app, delivery)
	if err != nil {
		return err
	}
	if m == nil {
		return store(app, id, result{err: "The event is gone, or its receiver may not read it any more.", final: true})
	}
	header, err := m.header(time.Now())
	if err != nil {
		return err
	}
	if _, err := CheckURL(m.url, w.options.PrivateAddresses); err != nil {
		return store(app, id, result{err: fmt.Sprintf("The address %s.", err)})
	}
	if err := leadership.Await(ctx, app); err != nil {
		if !leadership.Leading(app) {
			return nil
		}
		return fmt.Errorf("wait until the event is in the log: %w", err)
	}
	began := time.Now()
	reply, err := outbound.Post(ctx, m.url, header, m.body, collections.MaxWebhookResponse,
		outbound.Options{Private: w.options.PrivateAddresses, Timeout: timeout})
	if ctx.Err() != nil {
		return nil
	}
	r := result{sent: true, duration: time.Since(began)}
	if err != nil {
		r.err = err.Error()
	} else {
		r.status, r.body = reply.Status, string(reply.Body)
		r.retryAfter = retryAfter(reply.Header.Get("Retry-After"), time.Now())
	}
	return store(app, id, r)
}

func findDelivery(app core.App, id string) (*core.Record, error) {
	found, err := app.FindRecordsByIds(collections.WebhookDeliveries, []string{id})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// newMessage returns what a delivery sends, or nil if its event is gone or may not be read any more by those to whom the endpoint belongs.
func newMessage(app core.App, delivery *core.Record) (*message, error) {
	endpoint, err := app.FindRecordById(collections.WebhookEndpoints, delivery.GetString("endpoint"))
	if err != nil {
		return nil, fmt.Errorf("find the endpoint: %w", err)
	}
	m := &message{url: endpoint.GetString("url"), id: delivery.GetString("messageId")}
	if m.secrets, err = secretsOf(app, endpoint.Id, time.Now()); err != nil {
		return nil, err
	}
	content := payload{Type: delivery.GetString("type"), Timestamp: rfc3339(delivery.GetDateTime("created"))}
	if seq := delivery.GetInt("event"); seq > 0 {
		event, err := findEvent(app, endpoint, seq)
		if err != nil || event == nil {
			return nil, err
		}
		content.Timestamp = rfc3339(event.GetDateTime("at"))
		content.Data, _ = event.Get("data").(types.JSONRaw)
	} else {
		content.Data = types.JSONRaw(`{"webhook":` + strconv.Quote(endpoint.Id) + `}`)
	}
	if m.body, err = json.Marshal(content); err != nil {
		return nil, fmt.Errorf("encode the event: %w", err)
	}
	return m, nil
}

func findEvent(app core.App, endpoint *core.Record, seq int) (*core.Record, error) {
	query, err := readable(app, endpoint)
	if err != nil || query == nil {
		return nil, err
	}
	found := []*core.Record{}
	if err := query.AndWhere(dbx.HashExp{"events.seq": seq}).Limit(1).All(&found); err != nil {
		return nil, fmt.Errorf("read the event %d: %w", seq, err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	return found[0], nil
}

func rfc3339(at types.DateTime) string { return at.Time().UTC().Format("2006-01-02T15:04:05.000Z") }

// header returns the headers of an attempt: during a change of the secret it is signed with both.
func (m *message) header(at time.Time) (http.Header, error) {
	signatures := make([]string, len(m.secrets))
	for n, secret := range m.secrets {
		key, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			return nil, fmt.Errorf("read the secret: %w", err)
		}
		if signatures[n], err = key.Sign(m.id, at, m.body); err != nil {
			return nil, fmt.Errorf("sign the message: %w", err)
		}
	}
	header := http.Header{"Content-Type": {"application/json"}, "User-Agent": {"jobboard-webhooks"}}
	header.Set(standardwebhooks.HeaderWebhookID, m.id)
	header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	header.Set(standardwebhooks.HeaderWebhookSignature, strings.Join(signatures, " "))
	return header, nil
}
