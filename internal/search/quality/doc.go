// Package quality holds searches as people type them and what a reader judged of the real postings for each, in
// testdata/judged.txt. Its test measures with them how good the order of the search's hits is, beside SQLite's FTS5:
//
//	go test ./internal/search/quality -v
package quality
