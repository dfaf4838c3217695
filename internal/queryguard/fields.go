package queryguard

import (
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/tools/tokenizer"
)

// listMembers are the members of a list besides its items. Every list has them, whatever fields are asked for.
var listMembers = []string{"page", "perPage", "totalItems", "totalPages"}

// ItemFields returns the parameter fields of a list with "items.title" as "title", which mean the same. PocketBase itself would look for
// items within the items, and answer with empty objects.
func ItemFields(fields string) string {
	if !strings.Contains(fields, "items") {
		return fields
	}
	list, err := tokenizer.NewFromString(fields).ScanAll()
	if err != nil {
		return fields
	}
	for i, field := range list {
		switch {
		case field == "items":
			list[i] = "*"
		case strings.HasPrefix(field, "items."):
			list[i] = strings.TrimPrefix(field, "items.")
		}
	}
	list = slices.DeleteFunc(list, func(field string) bool { return slices.Contains(listMembers, field) })
	return strings.Join(list, ",")
}
