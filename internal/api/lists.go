package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/ganigeorgiev/fexpr"
	"github.com/pocketbase/pocketbase/tools/picker"
	"github.com/pocketbase/pocketbase/tools/search"

	"jobboard/internal/problem"
	"jobboard/internal/queryguard"
)

const (
	defaultPerPage = 30
	maxPerPage     = 100
	maxPage        = 1_000_000
)

// recordPage is PocketBase's list shape, with its records still encoded.
type recordPage struct {
	pageHead
	Items []json.RawMessage `json:"items"`
}

// pageHead is the list shape without the items.
type pageHead struct {
	Page       int `json:"page"`
	PerPage    int `json:"perPage"`
	TotalItems int `json:"totalItems"`
	TotalPages int `json:"totalPages"`
}

func newPageHead(number, perPage, total int) pageHead {
	return pageHead{Page: number, PerPage: perPage, TotalItems: total, TotalPages: (total + perPage - 1) / perPage}
}

// paging returns the parameters page and perPage. It brings perPage into the range from 1 to 100, and refuses a page that is not a number.
func (c *call) paging() (number, perPage int, err error) {
	number, perPage = 1, defaultPerPage
	if raw := c.QueryParam("page"); raw != "" {
		if number, err = strconv.Atoi(raw); err != nil || number < 1 || number > maxPage {
			return 0, 0, invalid("page", problem.InvalidValue, fmt.Sprintf("Must be a whole number from 1 to %d.", maxPage))
		}
	}
	if raw := c.QueryParam("perPage"); raw != "" {
		if perPage, err = strconv.Atoi(raw); err != nil {
			// A number that overflows is still above 100.
			if !errors.Is(err, strconv.ErrRange) {
				return 0, 0, invalid("perPage", problem.InvalidValue, "Must be a whole number from 1 to 100.")
			}
			perPage = maxPerPage
		}
		perPage = min(max(perPage, 1), maxPerPage)
	}
	return number, perPage, nil
}

// listQuery returns the query of a record list: the caller's page, perPage, sort, filter, expand and skipTotal, narrowed by conditions
// that follow from the path and the route's own parameters. order is the default for sort.
func (c *call) listQuery(order string, conditions ...string) (url.Values, error) {
	number, perPage, err := c.paging()
	if err != nil {
		return nil, err
	}
	query := url.Values{"page": {strconv.Itoa(number)}, "perPage": {strconv.Itoa(perPage)}}
	query.Set("sort", order)
	for _, name := range []string{"sort", "expand"} {
		if value := c.QueryParam(name); value != "" {
			query.Set(name, value)
		}
	}
	if c.QueryParam("skipTotal") != "" {
		skip, err := c.isSet("skipTotal")
		if err != nil {
			return nil, err
		}
		query.Set("skipTotal", strconv.FormatBool(skip))
	}
	if own := c.QueryParam("filter"); own != "" {
		// It is parsed by itself, so that it can't break out of its brackets.
		if _, err := fexpr.Parse(own); err != nil {
			return nil, invalid("filter", problem.InvalidValue, "Not a filter: "+err.Error()+".")
		}
		conditions = append(conditions, own)
	}
	if len(conditions) > 0 {
		filter := "(" + strings.Join(conditions, ") && (") + ")"
		if len(filter) > search.MaxFilterLength {
			return nil, invalid("filter", problem.InvalidValue, "Is too long together with the other parameters.")
		}
		query.Set("filter", filter)
	}
	return query, nil
}

// send answers with data as JSON, reduced to the fields that the caller asks for.
func (c *call) send(status int, data any) error {
	if fields := c.QueryParam("fields"); fields != "" {
		picked, err := pick(data, fields)
		if err != nil {
			return invalid("fields", problem.InvalidValue, "Not a list of fields.")
		}
		data = picked
	}
	raw, isRaw := data.(json.RawMessage)
	if !isRaw {
		var buffer bytes.Buffer
		encoder := json.NewEncoder(&buffer)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(data); err != nil {
			return fmt.Errorf("encode the response: %w", err)
		}
		raw = buffer.Bytes()
	}
	return c.Blob(status, "application/json", raw)
}

// pick returns data with only some fields. In a list these are fields of the items, as in PocketBase's own API.
func pick(data any, fields string) (any, error) {
	raw, err := json.Marshal(data)
	if err != nil {
		return nil, fmt.Errorf("encode the response: %w", err)
	}
	var list struct {
		PerPage int             `json:"perPage"`
		Items   json.RawMessage `json:"items"`
	}
	if json.Unmarshal(raw, &list) != nil || list.PerPage == 0 {
		return picker.Pick(json.RawMessage(raw), fields)
	}
	items, err := picker.Pick(list.Items, queryguard.ItemFields(fields))
	if err != nil {
		return nil, err
	}
	whole := map[string]any{}
	if err := json.Unmarshal(raw, &whole); err != nil {
		return nil, fmt.Errorf("read the response: %w", err)
	}
	whole["items"] = items
	return whole, nil
}

// sendRecord answers 200 with what PocketBase has answered.
func (c *call) sendRecord(a *response) error { return c.send(http.StatusOK, json.RawMessage(a.json())) }

// sendCreated answers 201 with a new record, and a Location made from path, in which %s stands for its id.
func (c *call) sendCreated(a *response, path string) error {
	record, err := a.object()
	if err != nil {
		return err
	}
	c.Response().Header().Set("Location", fmt.Sprintf(path, record.text("id")))
	return c.send(http.StatusCreated, json.RawMessage(a.json()))
}

// expandQuery returns a query with the relations that the route always expands and those that the caller asks for.
func (c *call) expandQuery(always ...string) url.Values {
	if own := c.QueryParam("expand"); own != "" {
		always = append(always, own)
	}
	if len(always) == 0 {
		return nil
	}
	return url.Values{"expand": {strings.Join(always, ",")}}
}

// values returns the values of a parameter that may be repeated or joined by commas.
func (c *call) values(name string) []string {
	var list []string
	for _, raw := range c.QueryParams()[name] {
		for value := range strings.SplitSeq(raw, ",") {
			if value = strings.TrimSpace(value); value != "" {
				list = append(list, value)
			}
		}
	}
	return list
}

// choices returns the values of such a parameter, as read returns them, or a 400 for one that is not allowed.
func (c *call) choices(name string, allowed []string, read func(string) string) ([]string, error) {
	values := c.values(name)
	for i, value := range values {
		if values[i] = read(value); !slices.Contains(allowed, values[i]) {
			return nil, invalid(name, problem.InvalidValue, "Must be one of "+strings.Join(allowed, ", ")+".")
		}
	}
	return values, nil
}

// asWritten is for choices whose values are not read leniently.
func asWritten(value string) string { return value }

// isSet returns the value of a boolean parameter, such as mine=1. An absent one is false.
func (c *call) isSet(name string) (bool, error) {
	raw := c.QueryParam(name)
	if raw == "" {
		return false, nil
	}
	value, err := strconv.ParseBool(raw)
	if err != nil {
		return false, invalid(name, problem.InvalidValue, "Must be 1 or 0.")
	}
	return value, nil
}

// quoted returns a value as a text of a filter.
func quoted(value string) string {
	value = strings.ReplaceAll(value, `\`, `\\`)
	return `'` + strings.ReplaceAll(value, `'`, `\'`) + `'`
}

// anyOf returns a filter that holds if condition, in which %s stands for the quoted value, holds for one of the values.
func anyOf(condition string, values []string) string {
	list := make([]string, len(values))
	for i, value := range values {
		list[i] = strings.ReplaceAll(condition, "%s", quoted(value))
	}
	return strings.Join(list, " || ")
}
