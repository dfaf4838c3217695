package text

import (
	_ "embed" // the two word lists
	"strings"
)

//go:embed stopwords.txt
var stopwordList string

// DefaultSynonyms is the board's list when it has none of its own.
//
//go:embed synonyms.txt
var DefaultSynonyms string

// MaxSynonymWords is the length of the longest expression that synonyms are looked up for.
const MaxSynonymWords = 3

// synonyms maps a sequence of stems, joined by spaces, to the forms of the other members of its groups.
type synonyms struct{ byStems map[string][][]string }

func parseSynonyms(a *Analyzer, list string) *synonyms {
	s := &synonyms{byStems: map[string][][]string{}}
	for line := range strings.Lines(list) {
		line, _, _ = strings.Cut(line, "# ")
		var members [][]string
		for part := range strings.SplitSeq(line, ",") {
			var forms []string
			for _, t := range QueryTokens(part) {
				forms = append(forms, t.Form)
			}
			if len(forms) > 0 && len(forms) <= MaxSynonymWords {
				members = append(members, forms)
			}
		}
		for i, member := range members {
			key := a.stemKey(member)
			for j, other := range members {
				if i != j && a.stemKey(other) != key {
					s.byStems[key] = append(s.byStems[key], other)
				}
			}
		}
	}
	return s
}

func (a *Analyzer) stemKey(forms []string) string {
	stems := make([]string, len(forms))
	for i, f := range forms {
		stems[i] = a.Stem(f)
	}
	return strings.Join(stems, " ")
}

// Synonyms gives the other expressions for a sequence of forms, each a sequence of forms itself.
func (a *Analyzer) Synonyms(forms []string) [][]string {
	if len(forms) == 0 || len(forms) > MaxSynonymWords {
		return nil
	}
	return a.synonyms.byStems[a.stemKey(forms)]
}
