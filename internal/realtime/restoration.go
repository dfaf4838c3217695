package realtime

import (
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// maxRestored is how many rows of one transaction are put back at most.
const maxRestored = 200

// restoration is rows that are gone. A query with it sees each of their tables with the rows put back, so that a rule has the same
// outcome as before they were deleted.
type restoration struct {
	collections []*core.Collection
	rows        map[string][]string // by the collection's id, as JSON objects
}

// apply lets a query see the rows: a name that WITH defines goes before a table's.
func (r *restoration) apply(query *dbx.SelectQuery) {
	var tables []string
	params := dbx.Params{}
	for n, collection := range r.collections {
		var stored, restored []string
		for _, field := range collection.Fields {
			stored = append(stored, fmt.Sprintf("[[%s]]", field.GetName()))
			restored = append(restored, fmt.Sprintf("value ->> '%s'", field.GetName()))
		}
		param := fmt.Sprintf("restored%d", n)
		params[param] = "[" + strings.Join(r.rows[collection.Id], ",") + "]"
		tables = append(tables, fmt.Sprintf("{{%[1]s}} AS NOT MATERIALIZED "+
			"(SELECT %[2]s FROM main.{{%[1]s}} UNION ALL SELECT %[3]s FROM json_each({:%[4]s}))",
			collection.Name, strings.Join(stored, ", "), strings.Join(restored, ", "), param))
	}
	query.PreFragment("WITH " + strings.Join(tables, ", ")).AndBind(params)
}
