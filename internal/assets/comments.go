package assets

import (
	"path"
	"regexp"
	"strings"
)

// ownLines are comments that have lines of their own: those of // and blocks of /**.
var ownLines = regexp.MustCompile(`(?m)^[ \t]*(?://.*|/\*\*(?:[^*]|\*+[^*/])*\*+/[ \t]*)$`)

// inline are types within a line: casts and constants.
var inline = regexp.MustCompile(`/\*\* ?@.*?\*/ ?`)

// indentation is what stands before the first word of a line, four spaces a level.
var indentation = regexp.MustCompile(`(?m)^(?: {4})+`)

// styleComments are the comments of style sheets, which none of ours has in a string.
var styleComments = regexp.MustCompile(`[ \t]*/\*(?:[^*]|\*+[^*/])*\*+/`)

// served returns what is sent of a file. Modules of the client at /app/ are sent without the comments that have lines of their own and
// without types, and with one space for each level of indentation, our style sheets without any comment: those are for readers of the
// source, and more than a tenth of what browsers would download. Their lines stay, empty, so that the numbers of lines in errors are those
// of the source. Other people's files, in lib/, keep their licences.
func served(name string, content []byte) []byte {
	var comments []*regexp.Regexp
	isModule := false
	switch folder, _, _ := strings.Cut(name, "/"); {
	case folder == "app" && path.Ext(name) == ".js":
		comments, isModule = []*regexp.Regexp{ownLines, inline}, true
	case (folder == "app" || folder == "site") && path.Ext(name) == ".css":
		comments = []*regexp.Regexp{styleComments}
	default:
		return content
	}
	for _, kind := range comments {
		content = kind.ReplaceAllFunc(content, func(comment []byte) []byte {
			return []byte(strings.Repeat("\n", strings.Count(string(comment), "\n")))
		})
	}
	if isModule {
		content = indentation.ReplaceAllFunc(content, func(spaces []byte) []byte { return spaces[:len(spaces)/4] })
	}
	return content
}
