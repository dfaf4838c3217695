package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/pocketbase/pocketbase/tools/router"

	"jobboard/collections"
	"jobboard/internal/events"
	"jobboard/internal/problem"
)

func eventRoutes() []route {
	return []route{
		{
			method: "GET",
			path:   "/api/events",
			id:     "listEvents",
			summary: "Lists what has happened since an event, in the order in which it was committed, as far as the caller may see it. The " +
				"cursor of the answer is the next since.",
			access: anyone,
			query: params{
				{
					Name: "since",
					Description: "The cursor of the previous answer, or the seq of an event: those after it. By default, and with 0, from the " +
						"oldest that is kept; latest: none, but the cursor after the last one.",
					Example: "42",
				},
				{Name: "types", Multiple: true, Enum: collections.EventTypes(), Description: "Events of this type."},
				{
					Name:        "limit",
					Type:        "integer",
					Description: "Events at most, from 1 to 1000; 100 by default. Numbers beyond that range are brought into it.",
					Example:     100,
				},
			},
			response: ok("EventPage"),
			scope:    collections.ScopeEventsRead,
			gone:     "since is older than the events that are kept.",
			handler:  listEvents,
		},
	}
}

const (
	defaultEvents = 100
	maxEvents     = 1_000
	// eventsScanned is how many events one request looks at, whether or not the caller may see them.
	eventsScanned = 5_000
	latestEvent   = "latest"
)

// eventPage is what a client gets that follows the events.
type eventPage struct {
	Items   []json.RawMessage `json:"items"`
	Cursor  int64             `json:"cursor"`
	HasMore bool              `json:"hasMore"`
}

func listEvents(c *call) error {
	types, limit, err := c.eventFilter()
	if err != nil {
		return err
	}
	kept, err := events.Kept(c.app())
	if err != nil {
		return err
	}
	since, err := c.since(kept)
	if err != nil {
		return err
	}
	page, err := c.eventsAfter(since, kept, types, limit)
	if err != nil {
		return err
	}
	// After the events were read, so that none of them has been deleted before.
	if kept, err = events.Kept(c.app()); err != nil {
		return err
	}
	if since > 0 && since < kept.Trimmed {
		return router.NewApiError(http.StatusGone, "These events are no longer kept.", problem.Field("since", problem.CursorTooOld,
			fmt.Sprintf("Events are kept from %d on. Read again what you follow, and go on with since=%d.", kept.Trimmed+1, kept.Last)))
	}
	return c.send(http.StatusOK, page)
}

// eventFilter returns the parameters types and limit.
func (c *call) eventFilter() (types []string, limit int, err error) {
	types = c.values("types")
	for _, name := range types {
		if !slices.Contains(collections.EventTypes(), name) {
			return nil, 0, invalid("types", problem.InvalidValue, "Each must be one of "+strings.Join(collections.EventTypes(), ", ")+".")
		}
	}
	limit = defaultEvents
	if raw := c.QueryParam("limit"); raw != "" {
		if limit, err = strconv.Atoi(raw); err != nil {
			return nil, 0, invalid("limit", problem.InvalidValue, fmt.Sprintf("Must be a whole number from 1 to %d.", maxEvents))
		}
	}
	return types, min(max(limit, 1), maxEvents), nil
}

// since returns the parameter since. A number that was not given yet, as after the board was restored from a backup, stands for the last.
func (c *call) since(kept events.Range) (int64, error) {
	raw := c.QueryParam("since")
	switch raw {
	case "":
		return 0, nil
	case latestEvent:
		return kept.Last, nil
	}
	since, err := strconv.ParseInt(raw, 10, 64)
	if err != nil || since < 0 {
		return 0, invalid("since", problem.InvalidValue, "Must be the cursor of an answer, the seq of an event, 0 or "+latestEvent+".")
	}
	return min(since, kept.Last), nil
}

// eventsAfter returns the events after since that the caller may see. It looks at a bounded number, so a page may be empty though there
// are more; the cursor passes those that the caller may not see.
func (c *call) eventsAfter(since int64, kept events.Range, types []string, limit int) (*eventPage, error) {
	scanned, err := events.Next(c.app(), since, eventsScanned)
	if err != nil {
		return nil, err
	}
	page := &eventPage{Items: []json.RawMessage{}, Cursor: max(scanned, since)}
	if scanned > since {
		query := url.Values{"sort": {"seq"}, "perPage": {strconv.Itoa(limit)}, "skipTotal": {"true"}}
		conditions := []string{fmt.Sprintf("seq > %d && seq <= %d", since, scanned)}
		if len(types) > 0 {
			conditions = append(conditions, anyOf("type = %s", types))
		}
		raw, err := c.listTrusted(collections.Events, query, conditions...)
		if err != nil {
			return nil, err
		}
		list := recordPage{}
		if err := json.Unmarshal(raw, &list); err != nil {
			return nil, fmt.Errorf("read the list of events: %w", err)
		}
		page.Items = list.Items
	}
	if len(page.Items) == limit {
		last, err := parseObject(page.Items[limit-1])
		if err != nil {
			return nil, err
		}
		if err := last.read("seq", &page.Cursor); err != nil {
			return nil, err
		}
	} else if scanned == since { // the rest was deleted with those whom it named
		page.Cursor = max(since, kept.Last)
	}
	page.HasMore = page.Cursor < max(kept.Last, scanned)
	return page, nil
}
