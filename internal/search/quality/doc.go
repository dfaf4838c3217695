// Package quality measures the ranking of the search. testdata/judged.jsonl has queries as people type them, of all kinds, with
// relevance judgments of real postings; the test computes nDCG@10 and the share of queries a person would be content with, by
// kind, for the search and for SQLite's FTS5:
//
//	go test ./internal/search/quality -v
//
// A line of the file is a query, its kind, whether it is held out (kept out of tuning), the least a person would be content with
// (so many hits of grade 2 or 3 in the first five, so many first hits without one of grade 0), and by grade the numbers N of the
// postings "emscad-N":
//
//	3  exactly what the person is looking for: the work, and the place, level, pay or company if they are named
//	2  close: the same work with another emphasis or level, or all but one of the things named
//	1  of some use: work of the same kind that this person may also look at
//	0  irrelevant, as is whatever has no grade; a mere mention, or an advertisement of anything to anybody, is no more
//
// Judged were the first 20 hits of each system, whatever the filter location= finds for the places, and what a search of titles
// and texts by hand brought up, so that a better search is not punished for finding more. After a change, -pool 20 prints what
// has no grade yet. The test does not name the held-out queries that fail: whoever looks at them tunes on them.
//
// The postings themselves are not in the repository: the test reads them from POSTINGS and is skipped without them.
package quality
