package webhook

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/notify"
)

// schedule is how long after the attempt before each attempt is made, as Standard Webhooks proposes. After the last the delivery has
// failed.
var schedule = []time.Duration{
	0, 5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour,
	24 * time.Hour,
}

const (
	// maxFailing is how long an endpoint may fail before it is switched off.
	maxFailing = 5 * 24 * time.Hour
	// maxRetryAfter bounds the pause that a receiver asks for.
	maxRetryAfter = 24 * time.Hour
)

// result is what came of an attempt.
type result struct {
	sent       bool   // something was sent, or tried to be
	status     int    // of the response; 0 for none
	body       string // its beginning
	err        string // why there is none
	retryAfter time.Duration
	duration   time.Duration
	final      bool // no further attempt makes sense
}

func (r result) ok() bool { return r.status >= 200 && r.status < 300 }

// asksToWait reports whether the receiver says that it is busy.
func (r result) asksToWait() bool {
	return r.retryAfter > 0 && (r.status == http.StatusTooManyRequests || r.status == http.StatusServiceUnavailable)
}

// reason says why an attempt has failed, "" if it has not.
func (r result) reason() string {
	switch {
	case r.ok():
		return ""
	case r.err != "":
		return r.err
	case r.status >= 300 && r.status < 400:
		return fmt.Sprintf("It answered %d: redirects are not followed.", r.status)
	}
	return fmt.Sprintf("It answered %d %s.", r.status, http.StatusText(r.status))
}

// delay returns how long the next attempt waits after the nth, and whether there is one.
func (r result) delay(attempts int) (time.Duration, bool) {
	switch {
	case r.final || attempts >= len(schedule):
		return 0, false
	case r.asksToWait():
		return r.retryAfter, true
	}
	wait := schedule[attempts]
	return wait + rand.N(wait/5+1) - wait/10, true
}

// store notes what came of an attempt at its delivery and its endpoint, unless they were deleted meanwhile.
func store(app core.App, id string, r result) error {
	return app.RunInTransaction(func(tx core.App) error {
		delivery, err := findDelivery(tx, id)
		if err != nil || delivery == nil {
			return err
		}
		endpoint, err := tx.FindRecordById(collections.WebhookEndpoints, delivery.GetString("endpoint"))
		if err != nil {
			return fmt.Errorf("find the endpoint: %w", err)
		}
		isTest := delivery.GetInt("event") == 0
		r.final = r.final || isTest || r.status == http.StatusGone
		if delivery.GetString("status") == collections.DeliveryPending || r.ok() { // else the endpoint was switched off meanwhile
			note(delivery, r)
			if err := tx.SaveNoValidate(delivery); err != nil {
				return fmt.Errorf("store an attempt: %w", err)
			}
		}
		if !r.sent && r.final || isTest {
			return nil
		}
		return noteEndpoint(tx, endpoint, r)
	})
}

// note writes what came of an attempt into a delivery.
func note(delivery *core.Record, r result) {
	now := types.NowDateTime()
	if r.sent {
		delivery.Set("attempts+", 1)
		delivery.Set("lastAttemptAt", now)
		delivery.Set("duration", r.duration.Milliseconds())
	}
	delivery.Set("responseStatus", r.status)
	delivery.Set("responseBody", collections.Truncate(printable(r.body), collections.MaxWebhookResponse))
	delivery.Set("error", collections.Truncate(r.reason(), collections.MaxWebhookError))
	delivery.Set("nextAttemptAt", "")
	wait, again := r.delay(delivery.GetInt("attempts"))
	switch {
	case r.ok():
		delivery.Set("status", collections.DeliveryDelivered)
	case again:
		delivery.Set("nextAttemptAt", now.Add(wait))
	default:
		delivery.Set("status", collections.DeliveryFailed)
	}
}

// printable returns a text without what is no text.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) || r == '\n' || r == '\t' {
			return r
		}
		return -1
	}, strings.ToValidUTF8(text, ""))
}

// noteEndpoint notes at an endpoint since when it fails, and switches it off if that is too long or if it says that it is gone.
func noteEndpoint(tx core.App, endpoint *core.Record, r result) error {
	since := endpoint.GetDateTime("failingSince")
	switch {
	case r.ok() && since.IsZero():
		return nil
	case r.ok():
		endpoint.Set("failingSince", "")
		return saveEndpoint(tx, endpoint)
	case r.asksToWait():
		if err := pause(tx, endpoint.Id, r.retryAfter); err != nil {
			return err
		}
	}
	switch {
	case r.status == http.StatusGone:
		return switchOff(tx, endpoint, "It answered 410 Gone.")
	case since.IsZero():
		endpoint.Set("failingSince", types.NowDateTime())
		return saveEndpoint(tx, endpoint)
	case time.Since(since.Time()) >= maxFailing:
		return switchOff(tx, endpoint, "Nothing could be delivered for five days. The last time: "+r.reason())
	}
	return nil
}

func saveEndpoint(tx core.App, endpoint *core.Record) error {
	if err := tx.SaveNoValidate(endpoint); err != nil {
		return fmt.Errorf("save the endpoint %s: %w", endpoint.Id, err)
	}
	return nil
}

// pause lets all deliveries to an endpoint wait.
func pause(tx core.App, endpoint string, wait time.Duration) error {
	_, err := tx.NonconcurrentDB().Update("webhook_states", dbx.Params{"pausedUntil": types.NowDateTime().Add(wait).String()},
		dbx.HashExp{"endpoint": endpoint}).Execute()
	if err != nil {
		return fmt.Errorf("pause the endpoint %s: %w", endpoint, err)
	}
	return nil
}

// switchOff deactivates an endpoint and tells those to whom it belongs.
func switchOff(tx core.App, endpoint *core.Record, reason string) error {
	if !endpoint.GetBool("active") {
		return nil
	}
	endpoint.Set("active", false)
	if err := saveEndpoint(tx, endpoint); err != nil {
		return err
	}
	people, err := ownersOf(tx, endpoint)
	if err != nil {
		return err
	}
	ids := make([]string, len(people))
	for n, user := range people {
		ids[n] = user.Id
	}
	return notify.Write(tx, notify.Notification{
		Kind:  collections.KindWebhookDisabled,
		Title: collections.Truncate("A webhook was switched off: "+hostOf(endpoint.GetString("url")), collections.MaxNotificationTitle),
		Body: collections.Truncate(reason+"\nSwitch it on again when its receiver works. What happened meanwhile can be read as events.",
			collections.MaxNotificationBody),
		Data: map[string]any{"webhook": endpoint.Id, "employer": endpoint.GetString("employer")},
	}, ids...)
}

// retryAfter reads how long a receiver asks to wait, 0 for not at all: seconds or a date. The pause is bounded.
func retryAfter(header string, now time.Time) time.Duration {
	wait := time.Duration(0)
	if seconds, err := strconv.Atoi(header); err == nil && seconds > 0 {
		wait = time.Duration(min(seconds, int(maxRetryAfter.Seconds()))) * time.Second
	} else if at, err := http.ParseTime(header); err == nil && at.After(now) {
		wait = at.Sub(now)
	}
	return min(wait, maxRetryAfter)
}
