package collections

import "github.com/pocketbase/pocketbase/core"

// searchStates have a row for each kind of record that is indexed. The process that keeps the index writes its state there, and
// `jobboard reindex` its request for a rebuild, which so survives a crash.
func searchStates() *core.Collection {
	c := base(SearchStates)
	whole := func(name string) *core.NumberField { return &core.NumberField{Name: name, OnlyInt: true} }
	fields(c,
		label("kind", maxName), // the collection that is indexed
		whole("documents"),
		whole("lag"),   // changes that are committed but not yet searchable
		whole("bytes"), // on disk and in memory
		text("state", optional, maxName),
		text("problem", optional, maxText), // why it is being rebuilt, or can't be saved
		// A rebuild is due as long as these two differ.
		text("asked", optional, maxName),
		text("built", optional, maxName),
	)
	c.AddIndex("idx_search_states_kind", true, "kind", "")
	return c // superusers only
}

// searchIndex is the view by which admins see the state of the search index.
func searchIndex() *core.Collection {
	c := core.NewViewCollection(SearchIndex, id(SearchIndex))
	c.ViewQuery = "SELECT id, kind, documents, lag, bytes AS size, state, problem, updated FROM " + SearchStates
	c.ListRule, c.ViewRule = rule(asAdmin), rule(asAdmin)
	return c
}
