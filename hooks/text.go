package hooks

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// normalizeLine makes a name or title one line without leading, trailing or repeated spaces; one that is only spaces becomes empty.
func normalizeLine(record *core.Record, field string) {
	record.Set(field, strings.Join(strings.Fields(record.GetString(field)), " "))
}
