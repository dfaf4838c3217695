package hooks

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// normalizeLine makes a name or title one line without outer or doubled spaces, so that one of spaces alone counts as missing.
func normalizeLine(record *core.Record, field string) {
	record.Set(field, strings.Join(strings.Fields(record.GetString(field)), " "))
}
