package text

import "strings"

// stemGerman is a light stemmer: it removes the endings of case and number, and those of the feminine, but keeps what makes a word
// of its own, so that "Entwickler" and "Entwicklung" are apart. Umlauts may be typed as two letters. English plurals go too.
func stemGerman(term string) string {
	return germanEnding(germanMasculine(plainUmlauts(term)))
}

// plainUmlauts writes ae, oe and ue as the folded umlaut, except where the e belongs to another syllable: "neue", "Bauer", "Quelle".
func plainUmlauts(term string) string {
	if !strings.Contains(term, "e") {
		return term
	}
	var b strings.Builder
	b.Grow(len(term))
	for i := 0; i < len(term); i++ {
		b.WriteByte(term[i])
		if i+1 < len(term) && term[i+1] == 'e' && strings.IndexByte("aou", term[i]) >= 0 &&
			(i == 0 || strings.IndexByte("aeiouyq", term[i-1]) < 0) && !isEnglishEnd(term[i+2:]) {
			i++
		}
	}
	return b.String()
}

// isEnglishEnd reports whether so little follows that ae, oe or ue ends an English word, such as "values".
func isEnglishEnd(rest string) bool { return rest == "" || rest == "s" || rest == "d" }

// feminine are the endings of masculine words that have a feminine in -in.
var feminine = []string{"er", "ist", "ent", "ant", "arzt", "og", "eur", "or", "amt", "nom", "koch", "nd", "wirt", "at", "iker", "walt"}

// germanMasculine removes the feminine ending: "Verkäuferinnen" becomes "Verkäufer", "Bürokauffrau" "Bürokaufmann".
func germanMasculine(term string) string {
	for _, trade := range []string{"kauf", "fach"} {
		for _, who := range []string{"frau", "frauen", "leute", "leuten"} {
			if one, ok := strings.CutSuffix(term, trade+who); ok {
				return one + trade + "mann"
			}
		}
	}
	one, ok := strings.CutSuffix(term, "innen")
	if !ok {
		one, ok = strings.CutSuffix(term, "in")
	}
	if ok && len(one) >= 4 && hasAnySuffix(one, feminine...) {
		return one
	}
	return term
}

// adjectives are the endings after which -er is that of an adjective, or of a plural such as "Kinder"; elsewhere it makes a word for
// a person or a thing.
var adjectives = []string{"isch", "lich", "stellt", "haft", "sam", "los", "nd", "bar", "ial", "iert"}

// germanEnding removes the ending of case or number.
func germanEnding(term string) string {
	n := len(term)
	cut := func(letters int) string { return term[:n-letters] }
	switch {
	case n < 5:
		if n == 4 && term[3] == 's' && !strings.ContainsAny(term[2:3], "aeious") { // "jobs"
			return cut(1)
		}
		return term
	case strings.HasSuffix(term, "ern"), strings.HasSuffix(term, "eln"):
		return germanEnding(cut(1))
	case strings.HasSuffix(term, "er"), strings.HasSuffix(term, "em"):
		if hasAnySuffix(term[:n-2], adjectives...) {
			return cut(2)
		}
		return term
	case strings.HasSuffix(term, "ss"):
		return term
	case strings.HasSuffix(term, "en"), strings.HasSuffix(term, "es"):
		if n == 5 { // "Namen", "sales"
			return cut(1)
		}
		return germanI(cut(2))
	case term[n-1] == 'e':
		return germanI(cut(1))
	case term[n-1] == 's' && strings.IndexByte("aeiou", term[n-2]) < 0:
		return germanEnding(germanI(cut(1)))
	}
	return germanI(term)
}

// germanI writes the final y of English words as their plural has it: "company" as "compani(es)".
func germanI(term string) string {
	if one, ok := strings.CutSuffix(term, "y"); ok && len(one) > 3 {
		return one + "i"
	}
	return term
}
