package values

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxPayText is the longest text that is read as pay.
const maxPayText = 200

var (
	amountPattern = regexp.MustCompile(`\d[\d.,'’\x{a0}\x{202f} ]*`)
	spacedPattern = regexp.MustCompile(`^\d{1,3}([ \x{a0}\x{202f}]\d{3})+(?:[.,]\d{1,2})?(?:[^\d]|$)`)
	manyCountries = regexp.MustCompile(`\b(kr|kr\.|rs|rs\.|pesos?|dinars?|francs?|rupees?|crowns?|krone[rn]?|kronor)\b`)
	periodSlashes = strings.NewReplacer(
		"p.a.", " annum ", "p. a.", " annum ", "p/a", " annum ", "p.m.", " month ", "p/m", " month ",
		"p.h.", " hour ", "p/h", " hour ", "std.", " std ", "/", " / ")
)

// payFillers are words that may stand in pay without changing its meaning.
var payFillers = setOf(strings.Fields("a an per pro par por al im the to bis zu und and à from ab up min max minimum maximum von " +
	"salary pay gehalt lohn gross brutto net netto circa ca approx about between zwischen plus over at least range base doe " +
	"starting k tsd de o p e m")...)

// ParsePay reads pay such as "$80k-100k", "30 €/h", "£45,000 per annum" or "bis zu 60.000 EUR". If the text is not clear, reason says
// why.
func ParsePay(text string) (pay Pay, reason string) {
	text = strings.TrimSpace(Text(text))
	if text == "" {
		return Pay{}, ""
	}
	if len(text) > maxPayText {
		return Pay{}, "too long to be pay"
	}
	lower := strings.ToLower(text)
	amounts, rest, reason := readAmounts(lower)
	if reason != "" {
		return Pay{}, Quote(text) + " " + reason
	}
	pay.Currency, rest, reason = takeCurrency(rest)
	if strings.ContainsFunc(rest, func(r rune) bool { return unicode.Is(unicode.Sc, r) }) ||
		pay.Currency == "" && manyCountries.MatchString(rest) {
		reason = "is in a currency that is not clear"
	}
	if reason != "" {
		return Pay{}, Quote(text) + " " + reason
	}
	spaced := key(periodSlashes.Replace(rest))
	pay.Period = takePeriod(spaced)
	if pay.Period == "?" {
		return Pay{}, Quote(text) + " names two periods"
	}
	if pay.Currency == "" && pay.Period == "" {
		for _, word := range strings.Fields(spaced) {
			if !payFillers[word] {
				return Pay{}, Quote(text) + " is not clear"
			}
		}
	}
	setAmounts(&pay, amounts, lower, spaced)
	if pay.Min == 0 && pay.Max == 0 {
		return Pay{}, "" // "0-0" says nothing
	}
	pay, reason = pay.Checked()
	if reason != "" {
		return Pay{}, Quote(text) + " " + reason
	}
	return pay, ""
}

// setAmounts sets one or two amounts. A single one is the least or the most if a word says so, else both.
func setAmounts(pay *Pay, amounts []float64, text, words string) {
	if len(amounts) == 2 {
		pay.Min, pay.Max = amounts[0], amounts[1]
		return
	}
	is := func(marks ...string) bool {
		for _, mark := range marks {
			if strings.Contains(words, mark) {
				return true
			}
		}
		return false
	}
	switch amount := amounts[0]; {
	case is(" up to ", " bis ", " max ", " maximum ", " jusqu "):
		pay.Max = amount
	case is(" from ", " ab ", " min ", " minimum ", " at least ", " over ", " starting ", " von ", " mindestens "),
		strings.Contains(text, "+"):
		pay.Min = amount
	default:
		pay.Min, pay.Max = amount, amount
	}
}

// readAmounts takes the one or two amounts out of a text.
func readAmounts(text string) (amounts []float64, rest string, reason string) {
	var left strings.Builder
	var thousands []bool
	for text != "" {
		at := amountPattern.FindStringIndex(text)
		if at == nil {
			break
		}
		left.WriteString(text[:at[0]])
		text = text[at[0]:]
		written := amountPattern.FindString(text)
		if spaced := spacedPattern.FindString(text); spaced != "" {
			written = strings.TrimRight(spaced, " ")
		} else {
			written = strings.FieldsFunc(written, func(r rune) bool { return r == ' ' || r == '\u00a0' || r == '\u202f' })[0]
		}
		written = strings.TrimRightFunc(written, func(r rune) bool { return r < '0' || r > '9' })
		amount, ok := readNumber(written)
		if !ok {
			return nil, "", "is not clear"
		}
		text = text[len(written):]
		trimmed := strings.TrimLeft(text, " \u00a0")
		if strings.HasPrefix(trimmed, "%") {
			return nil, "", "is not clear"
		}
		k := false
		for _, mark := range []string{"tsd", "k"} {
			if after, cut := strings.CutPrefix(trimmed, mark); cut && (!beginsWithLetter(after)) {
				text, k = " "+after, true
				break
			}
		}
		amounts, thousands = append(amounts, amount), append(thousands, k)
		left.WriteByte(' ')
		if len(amounts) > 2 {
			return nil, "", "has more than two amounts"
		}
	}
	left.WriteString(text)
	if len(amounts) == 0 {
		return nil, "", "names no amount"
	}
	if len(amounts) == 2 && thousands[1] && !thousands[0] && amounts[0] <= amounts[1] {
		thousands[0] = true // "80-100k"
	}
	for i := range amounts {
		if thousands[i] {
			amounts[i] *= 1000
		}
	}
	return amounts, left.String(), ""
}

// beginsWithLetter reports whether a word goes on.
func beginsWithLetter(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return unicode.IsLetter(first)
}

// takePeriod returns the one period that words name, "" for none, "?" for several.
func takePeriod(words string) string {
	found := ""
	fields := strings.Fields(words)
	for i, word := range fields {
		period := periodWords[word]
		if word == "an" { // "an hour" in English, "par an" in French
			if i == 0 || fields[i-1] != "par" {
				period = ""
			}
		}
		if period != "" && found != "" && period != found {
			return "?"
		}
		if period != "" {
			found = period
		}
	}
	return found
}
