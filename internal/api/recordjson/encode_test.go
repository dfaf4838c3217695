package recordjson

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// TestRecordsAreEncodedAsByPocketBase holds the one-pass encoding to the record's own.
func TestRecordsAreEncodedAsByPocketBase(t *testing.T) {
	companies := core.NewBaseCollection("companies")
	companies.Fields.Add(&core.TextField{Name: "name"}, &core.TextField{Name: "secret", Hidden: true})
	company := core.NewRecord(companies)
	company.Set("name", "Müller & <Söhne>")
	company.Set("secret", "hidden")

	posts := core.NewBaseCollection("posts")
	posts.Fields.Add(&core.TextField{Name: "text"}, &core.NumberField{Name: "number"}, &core.BoolField{Name: "yes"},
		&core.JSONField{Name: "list"},
		&core.DateField{Name: "at"}, &core.DateField{Name: "never"}, &core.GeoPointField{Name: "where"},
		&core.SelectField{Name: "many", MaxSelect: 3, Values: []string{"a", "b"}}, &core.FileField{Name: "files", MaxSelect: 3})
	texts := []string{"", "plain", "a \"quoted\" \\ text\nwith\tlines\r\f\x00\x1f\x7f", "<p>1 < 2 && 3 > 2</p>", "naïve 日本語 🙂",
		"\u2028\u2029", "broken \xff\xc3( utf-8"}
	var records []*core.Record
	for i, text := range texts {
		post := core.NewRecord(posts)
		post.Id = text
		post.Set("text", text)
		post.Set("number", float64(i)*1e21/3)
		post.Set("yes", i%2 == 0)
		post.Set("list", []any{i, text, nil, map[string]any{"deep": []string{text}}})
		post.Set("at", types.NowDateTime())
		post.Set("where", types.GeoPoint{Lat: 52.5, Lon: -0.0001})
		post.Set("many", []string{"a", "b"})
		post.WithCustomData(true)
		post.Set("score", 0.1+float64(i))
		post.Set("highlights", map[string]string{"text": text})
		post.Set("reasons", []string{text, "second"})
		post.SetExpand(map[string]any{"company": company, "companies": []*core.Record{company, company}, "none": []*core.Record{}})
		records = append(records, post)
	}
	for _, list := range [][]*core.Record{records, {}, nil} {
		raw, err := List(map[string]any{"page": 2, "perPage": 30, "totalItems": 61, "totalPages": 3}, list)
		if err != nil {
			t.Fatal(err)
		}
		var got, want any
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatalf("%v in %s", err, raw)
		}
		if list == nil {
			list = []*core.Record{} // a list is never null
		}
		whole, err := json.Marshal(map[string]any{"page": 2, "perPage": 30, "totalItems": 61, "totalPages": 3, "items": list})
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(whole, &want); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("encoded\n%s\nnot\n%s", raw, whole)
		}
	}
}

// TestBrokenRowsAreNoHalfAnswer holds that a value that is no JSON, as plain SQL may leave it, is an error, not broken JSON.
func TestBrokenRowsAreNoHalfAnswer(t *testing.T) {
	posts := core.NewBaseCollection("posts")
	posts.Fields.Add(&core.JSONField{Name: "list"})
	post := core.NewRecord(posts)
	post.SetRaw("list", types.JSONRaw("[1,"))
	if raw, err := List(map[string]any{"page": 1}, []*core.Record{post}); err == nil {
		t.Errorf("no error, but %s", raw)
	}
}

func BenchmarkEncode(b *testing.B) {
	posts := core.NewBaseCollection("posts")
	posts.Fields.Add(&core.TextField{Name: "title"}, &core.EditorField{Name: "description"}, &core.JSONField{Name: "skills"})
	var records []*core.Record
	for range 20 {
		post := core.NewRecord(posts)
		post.Set("title", "Gopher")
		post.Set("description", strings.Repeat("<p>What you will do, \"day by day\".</p>\n", 30))
		post.Set("skills", []string{"go", "sql"})
		records = append(records, post)
	}
	b.Run("one pass", func(b *testing.B) {
		for b.Loop() {
			if _, err := List(map[string]any{"page": 1}, records); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		for b.Loop() {
			if _, err := json.Marshal(map[string]any{"items": records}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
