// Package quality measures the ranking of the search. testdata/judged.txt has queries as people type them, with relevance
// judgments of real postings; the test computes nDCG and recall from them, for the search and for SQLite's FTS5:
//
//	go test ./internal/search/quality -v
package quality
