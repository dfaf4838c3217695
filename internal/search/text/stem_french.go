package text

import "strings"

// stemFrench is a light stemmer: it removes the endings of number and those of the feminine, but keeps what makes a word of its own,
// so that "développeur" and "développement" are apart. English plurals go too.
func stemFrench(term string) string {
	return frenchMasculine(frenchSingular(term))
}

func frenchSingular(term string) string {
	n := len(term)
	switch {
	case n < 4:
		return term
	case hasAnySuffix(term, "eaux", "eux", "oux"):
		if strings.HasSuffix(term, "eux") && n > 5 { // "sérieux" is a singular
			return term
		}
		return term[:n-1]
	case strings.HasSuffix(term, "aux") && n > 4:
		return term[:n-2] + "l"
	case hasAnySuffix(term, "ss", "us", "is"):
		return term
	case term[n-1] == 's':
		return term[:n-1]
	}
	return term
}

// frenchFeminine are the endings of the feminine and of the masculine, the longest first.
var frenchFeminine = []struct{ feminine, masculine string }{
	{"trice", "teur"}, {"euse", "eur"}, {"ienne", "ien"}, {"iere", "ier"}, {"onne", "on"}, {"elle", "el"}, {"ere", "er"}, {"ive", "if"},
	{"ee", "e"},
}

func frenchMasculine(term string) string {
	for _, one := range frenchFeminine {
		if stem, ok := strings.CutSuffix(term, one.feminine); ok && len(stem) >= 3 {
			term = stem + one.masculine
			break
		}
	}
	if stem, ok := strings.CutSuffix(term, "e"); ok && len(stem) >= 4 {
		term = stem
	}
	if stem, ok := strings.CutSuffix(term, "y"); ok && len(stem) >= 4 { // "company", as "companies" becomes
		return stem + "i"
	}
	return term
}
