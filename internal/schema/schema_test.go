package schema_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"jobboard/internal/schema"
)

// board is a small set of definitions to change in tests: companies and jobs,
// and a view of jobs. users is there as it is in every set of definitions.
const board = `[
	{"id": "_pb_users_auth_", "type": "auth", "name": "users", "listRule": "id = @request.auth.id", "fields": [
		{"type": "text", "name": "name", "id": "text1579384326", "required": true}
	]},
	{"id": "companies000000", "type": "base", "name": "companies", "listRule": "", "fields": [
		{"type": "text", "name": "name", "id": "companiesname"}
	], "indexes": ["CREATE INDEX idx_companies_name ON companies (name)"]},
	{"id": "jobs00000000000", "type": "base", "name": "jobs", "listRule": "title != '' && salary < 10", "fields": [
		{"type": "text", "name": "title", "id": "jobstitle"},
		{"type": "number", "name": "salary", "id": "jobssalary"},
		{"type": "relation", "name": "company", "id": "jobscompany", "collectionId": "companies000000", "maxSelect": 1}
	], "indexes": [
		"CREATE INDEX idx_jobs_title ON jobs (title)",
		"CREATE INDEX idx_jobs_salary ON jobs (salary)"
	]},
	{"id": "titles000000000", "type": "view", "name": "titles", "viewQuery": "SELECT id, title FROM jobs"}
]`

// change returns board with edit made to the collection of that name.
func change(t *testing.T, name string, edit func(c map[string]any)) []byte {
	t.Helper()
	var list []map[string]any
	if err := json.Unmarshal([]byte(board), &list); err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		if c["name"] == name {
			edit(c)
		}
	}
	raw, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// without returns board less the collections of these names.
func without(t *testing.T, names ...string) []byte {
	t.Helper()
	var list, kept []map[string]any
	if err := json.Unmarshal([]byte(board), &list); err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		if !strings.Contains(" "+strings.Join(names, " ")+" ", " "+c["name"].(string)+" ") {
			kept = append(kept, c)
		}
	}
	raw, err := json.Marshal(kept)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func expected(t *testing.T, definitions []byte) []byte {
	t.Helper()
	normal, err := schema.Expected(definitions)
	if err != nil {
		t.Fatal(err)
	}
	return normal
}

// unchanged is the normalised board, made once: an app per test would be most of the time.
var unchanged = sync.OnceValues(func() ([]byte, error) { return schema.Expected([]byte(board)) })

func expectedBoard(t *testing.T) []byte {
	t.Helper()
	normal, err := unchanged()
	if err != nil {
		t.Fatal(err)
	}
	return normal
}

func TestSameDefinitionsMakeTheSameSnapshot(t *testing.T) {
	once, again := expectedBoard(t), expected(t, []byte(board))
	if diff, err := schema.Diff(once, again); err != nil || diff != "" {
		t.Fatalf("two apps of the same definitions differ (error %v):\n%s", err, diff)
	}
	// the order of the indexes is SQLite's business
	turned := expected(t, change(t, "jobs", func(c map[string]any) {
		indexes := c["indexes"].([]any)
		indexes[0], indexes[1] = indexes[1], indexes[0]
	}))
	if diff, err := schema.Diff(once, turned); err != nil || diff != "" {
		t.Fatalf("reordered indexes count as a difference (error %v):\n%s", err, diff)
	}
}

func TestSnapshotHoldsNoSystemCollectionsAndNoSecrets(t *testing.T) {
	snapshot := string(expectedBoard(t))
	for _, unwanted := range []string{"_superusers", "_mfas", `"secret"`, `"created":`, `"updated":`, "_clone_"} {
		if strings.Contains(snapshot, unwanted) {
			t.Errorf("the snapshot holds %s", unwanted)
		}
	}
	if !strings.Contains(snapshot, `title != '' && salary < 10`) {
		t.Errorf("rules are not written as they are read")
	}
	if strings.Contains(snapshot, `"avatar"`) {
		t.Errorf("a field of PocketBase's default users collection slipped in")
	}
}

func TestDiffSeesEveryKindOfChange(t *testing.T) {
	before := expectedBoard(t)
	for name, test := range map[string]struct {
		definitions []byte
		mentions    string
	}{
		"added field": {change(t, "jobs", func(c map[string]any) {
			c["fields"] = append(c["fields"].([]any), map[string]any{"type": "bool", "name": "remote", "id": "jobsremote"})
		}), `"remote"`},
		"removed field": {change(t, "companies", func(c map[string]any) {
			c["fields"], c["indexes"] = []any{}, []any{}
		}), `"companiesname"`},
		"reordered fields": {change(t, "jobs", func(c map[string]any) {
			fields := c["fields"].([]any)
			fields[0], fields[1] = fields[1], fields[0]
		}), `"jobstitle"`},
		"changed rule": {change(t, "jobs", func(c map[string]any) { c["listRule"] = "title = 'changed'" }), "changed"},
		"rule closed":  {change(t, "companies", func(c map[string]any) { c["listRule"] = nil }), "listRule"},
		"dropped index": {change(t, "companies", func(c map[string]any) {
			c["indexes"] = []any{}
		}), "idx_companies_name"},
		"changed view": {change(t, "titles", func(c map[string]any) { c["viewQuery"] = "SELECT id FROM jobs" }),
			"SELECT id FROM jobs"},
		"removed collection": {without(t, "titles"), "titles"},
	} {
		t.Run(name, func(t *testing.T) {
			after := expected(t, test.definitions)
			diff, err := schema.Diff(before, after)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(diff, test.mentions) {
				t.Errorf("the difference does not mention %s:\n%s", test.mentions, diff)
			}
			back, err := schema.Diff(after, before)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(back, test.mentions) {
				t.Errorf("the difference the other way round does not mention %s:\n%s", test.mentions, back)
			}
		})
	}
}
