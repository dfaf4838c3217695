package quality

import (
	"database/sql"
	"strings"
	"testing"

	"jobboard/internal/search/text"
)

// baseline is SQLite's FTS5 on the same texts, ranked by bm25 with weights for the fields.
type baseline struct{ db *sql.DB }

func newBaseline(t *testing.T, postings map[string]posting) baseline {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(`CREATE VIRTUAL TABLE fts USING fts5(id UNINDEXED, title, skills, company, location, body,
		tokenize='porter unicode61')`); err != nil {
		t.Fatal(err)
	}
	for id, p := range postings {
		if _, err := tx.Exec("INSERT INTO fts VALUES (?, ?, ?, ?, ?, ?)", id, p.Title, strings.Join(p.Skills, ", "), p.Company, p.Location,
			text.FromHTML(p.Description)); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	return baseline{db}
}

// search joins the words of a query by AND or OR. Quoted phrases stay together.
func (b baseline) search(t *testing.T, query, join string) []string {
	t.Helper()
	var parts []string
	for i, piece := range strings.Split(query, `"`) {
		if i%2 == 1 {
			parts = append(parts, `"`+piece+`"`)
			continue
		}
		for _, word := range strings.Fields(piece) {
			parts = append(parts, `"`+word+`"`)
		}
	}
	rows, err := b.db.Query("SELECT id FROM fts WHERE fts MATCH ? ORDER BY bm25(fts, 0, 10, 5, 3, 3, 1), id LIMIT 50",
		strings.Join(parts, " "+join+" "))
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return ids
}
