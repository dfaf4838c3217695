package text

import "strings"

// Spellings returns the other ways to write a few words that follow each other, as sequences of terms: "help desk" as "helpdesk",
// "node js" as "node.js" and "nodejs". Where a single word has a space is a matter of vocabulary, except for ".js".
func Spellings(terms []string) [][]string {
	var out [][]string
	joined := strings.Join(terms, "")
	name, isScript := strings.CutSuffix(joined, "js")
	name = strings.TrimSuffix(name, ".")
	switch {
	case len(terms) > 2 || strings.ContainsAny(joined, "+#&"):
		return nil
	case isScript && len(name) > 1 && (len(terms) == 1 || terms[1] == "js" || terms[1] == ".js"):
		for _, spelling := range [][]string{{name + ".js"}, {name + "js"}, {name, "js"}} {
			if strings.Join(spelling, " ") != strings.Join(terms, " ") {
				out = append(out, spelling)
			}
		}
	case len(terms) == 2 && len(joined) > 3:
		out = append(out, []string{joined})
	}
	return out
}
