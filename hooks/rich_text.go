package hooks

import (
	"github.com/microcosm-cc/bluemonday"
	"github.com/pocketbase/pocketbase/core"
)

// richTextPolicy keeps the formatting of a job description (headings, lists, links, emphasis) and drops what can run
// or track: scripts, styles, event handlers, forms, frames and images.
var richTextPolicy = func() *bluemonday.Policy {
	policy := bluemonday.NewPolicy()
	policy.AllowStandardURLs()
	policy.AllowElements("h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "blockquote", "pre", "code",
		"b", "strong", "i", "em", "u", "s", "sub", "sup", "small", "span", "div")
	policy.AllowLists()
	policy.AllowTables()
	policy.AllowAttrs("href").OnElements("a")
	policy.RequireNoFollowOnLinks(true)
	policy.AddTargetBlankToFullyQualifiedLinks(true)
	return policy
}()

// sanitiseRichText cleans the HTML of a field. It is idempotent, so a record saved again does not change.
func sanitiseRichText(record *core.Record, field string) {
	record.Set(field, richTextPolicy.Sanitize(record.GetString(field)))
}
