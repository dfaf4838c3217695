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
		typed, meant, oneWay := strings.Cut(line, "=>")
		from := expressions(typed)
		to := from
		if oneWay {
			to = expressions(meant)
		}
		for _, one := range from {
			key := a.stemKey(one)
			for _, other := range to {
				if a.stemKey(other) != key {
					s.byStems[key] = append(s.byStems[key], other)
				}
			}
		}
	}
	return s
}

// expressions reads a list joined by commas; those of too many words are left out.
func expressions(list string) [][]string {
	var out [][]string
	for part := range strings.SplitSeq(list, ",") {
		var forms []string
		for _, t := range QueryTokens(part) {
			forms = append(forms, t.Form)
		}
		if len(forms) > 0 && len(forms) <= MaxSynonymWords {
			out = append(out, forms)
		}
	}
	return out
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
