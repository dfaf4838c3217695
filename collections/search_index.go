package collections

import "github.com/pocketbase/pocketbase/core"

// searchStates has a row for each kind of record that is searched. The process that keeps the search index writes how it
// stands; `jobboard reindex` writes what it asks for, so that it happens also after a crash.
func searchStates() *core.Collection {
	c := base(SearchStates)
	whole := func(name string) *core.NumberField { return &core.NumberField{Name: name, OnlyInt: true} }
	fields(c,
		label("kind", maxName), // the collection that is indexed
		whole("documents"),
		whole("lag"),   // changes that are committed but not yet searchable
		whole("bytes"), // on disk and in memory
		text("state", optional, maxName),
		text("problem", optional, maxText), // why it is being built, or can't be saved
		// A rebuild is due while these two differ.
		text("asked", optional, maxName),
		text("built", optional, maxName),
	)
	c.AddIndex("idx_search_states_kind", true, "kind", "")
	return c // superusers only
}

// searchIndex shows admins how the search index stands.
func searchIndex() *core.Collection {
	c := core.NewViewCollection(SearchIndex, id(SearchIndex))
	c.ViewQuery = "SELECT id, kind, documents, lag, bytes AS size, state, problem, updated FROM " + SearchStates
	c.ListRule, c.ViewRule = rule(asAdmin), rule(asAdmin)
	return c
}
