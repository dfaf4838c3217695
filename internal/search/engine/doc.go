// Package engine is a full-text search engine: documents in, ids in order of relevance out. It is independent of jobs and of the
// database; internal/search turns records into its documents.
//
// # Model
//
// A Document has text fields (title, skills, company, keywords, body), filter values, numeric columns and points. Its words go
// through text.Analyzer: a word is folded to a term, and terms are grouped by stem, so that a query finds other forms too.
//
// An Index is a list of immutable segments of up to 65,536 documents, sorted by time of publication. Each segment has term
// dictionaries with a posting list for each term and field, a posting list for each filter value, the columns, and the positions
// of the words. A document is deleted or replaced by a bit in the bitset of deletes that goes with the segment. A change builds a new
// segment and publishes a new snapshot; searches read one snapshot and take no locks. Maintain merges small segments by a
// tiered policy (merge_policy.go).
//
// # Files
//
// A segment is one run of bytes, the same in memory and on disk: a header with magic number, format version and checksum, a
// table of sections, and the sections, which are arrays used in place (layout.go). Files are memory-mapped. The manifest
// lists the segments of a checkpoint with their deletes and the number of the last change that they contain. A corrupted or missing file
// is no error: RebuildReason reports it, and a Rebuild replaces the index from the documents' source (recovery.go, rebuild.go).
//
// # Queries
//
// Parse turns text into Words, a conjunction of clauses with alternatives. In every segment each clause yields a bitset of
// documents, which is intersected with those of the scope, filters, ranges and radius (evaluate.go, filter.go). Phrases are
// first approximated by signatures of their bigrams and then verified in the positions (bigrams.go, positions.go).
//
// # Ranking
//
// The score of a document is
//
//	freshness × title factor × Σ over the clauses ( IDF of the clause × weight of its tier )
//
// The tier says which is the best field that holds the clause, and whether it holds the term as typed or another term of the same
// stem (score.go, impact_tiers.go). Term frequency counts only in the body, where words that are repeated have a higher tier than
// words that are mentioned. The IDF is that of BM25, computed in the caller's scope. Document length is not normalised, except for
// titles, where the title factor favours short ones and those that equal the query.
//
// The first k documents are exact, but not all matches are scored. In the manner of MaxScore, the matches are partitioned by tier,
// and a partition is skipped when its upper bound is below the threshold of the top-k heap (ranking.go, pruning.go).
package engine
