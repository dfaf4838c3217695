package engine

import (
	"encoding/base64"
	"encoding/json"
	"errors"
)

// Cursor is a position in the results: just after one hit. With it a page costs the same however deep it is, and no hit is
// repeated or missed when documents before it come and go.
type Cursor struct {
	Sort      Sort    `json:"s"`
	Currency  string  `json:"c,omitempty"`
	Key       float64 `json:"k"`
	Missing   bool    `json:"l,omitempty"` // the hit has no value for the sort key; Key is unused
	Published float64 `json:"p"`
	ID        string  `json:"i"`
	Now       int64   `json:"n"` // Unix milliseconds at the first page, to which freshness is computed
}

// ErrInvalidCursor is returned by ParseCursor for anything that String did not write.
var ErrInvalidCursor = errors.New("not a valid search cursor")

// String returns the cursor as one opaque word for a URL.
func (c *Cursor) String() string {
	b, err := json.Marshal(c)
	if err != nil { // a number that JSON lacks; offer lets none through
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// ParseCursor parses what String wrote.
func ParseCursor(s string) (*Cursor, error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return nil, ErrInvalidCursor
	}
	var c Cursor
	if err := json.Unmarshal(b, &c); err != nil || c.ID == "" {
		return nil, ErrInvalidCursor
	}
	return &c, nil
}

// isBefore reports whether x comes after the cursor's hit.
func (c *Cursor) isBefore(x match) bool {
	last := isMissing(x.key)
	switch {
	case last != c.Missing:
		return last
	case !last && x.key != c.Key:
		return x.key < c.Key
	case x.published != c.Published:
		return x.published < c.Published
	default:
		return x.id() > c.ID
	}
}
