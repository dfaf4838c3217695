package assets

import (
	"path"
	"regexp"
	"strings"
)

// ownLines are comments that have lines of their own: those of // and blocks of /**. A block before code in its line, such as a cast,
// is none.
var ownLines = regexp.MustCompile(`(?m)^[ \t]*(?://.*|/\*\*(?:[^*]|\*+[^*/])*\*+/[ \t]*)$`)

// served returns what is sent of a file. Modules of the client at /app/ are sent without the comments that have lines of their own: those
// are for readers of the source, and an eighth of what browsers would download. Their lines stay, empty, so that the numbers of lines in
// errors are those of the source. Other people's modules, in lib/, keep their licences.
func served(name string, content []byte) []byte {
	if !strings.HasPrefix(name, "app/") || path.Ext(name) != ".js" {
		return content
	}
	return ownLines.ReplaceAllFunc(content, func(comment []byte) []byte {
		return []byte(strings.Repeat("\n", strings.Count(string(comment), "\n")))
	})
}
