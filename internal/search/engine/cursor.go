package engine

import (
	"encoding/base64"
	"encoding/json"
	"errors"
)

// Cursor is a place in an order: behind one hit. With it a page costs the same however deep it lies, and pages
// neither repeat nor miss a hit when documents come and go before it.
type Cursor struct {
	Sort      Sort    `json:"s"`
	Currency  string  `json:"c,omitempty"`
	Key       float64 `json:"k"`
	Missing   bool    `json:"l,omitempty"` // behind all that have a number; Key is not used
	Published float64 `json:"p"`
	ID        string  `json:"i"`
	Now       int64   `json:"n"` // Unix milliseconds of the first page: scores are counted to it
}

// ErrCursor is what ParseCursor says to anything that is no cursor.
var ErrInvalidCursor = errors.New("not a cursor of this search")

// String gives the cursor as one opaque word for a URL.
func (c *Cursor) String() string {
	b, err := json.Marshal(c)
	if err != nil { // a number that JSON lacks; offer lets none through
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// ParseCursor reads what String wrote.
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

// before tells whether a candidate comes after the cursor's hit.
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
