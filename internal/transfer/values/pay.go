package values

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/currency"
)

// Pay is what a job pays; an amount of 0 is not given.
type Pay struct {
	Min, Max         float64
	Currency, Period string
}

const (
	// The least and most that a job may plausibly pay in a year of full-time work.
	minYearly      = 1_000
	maxYearly      = 5_000_000
	maxYearlyOther = 50_000_000_000 // in currencies of small units
	// leastYearly is the amount from which pay without a period is taken as a year's.
	leastYearly = 10_000
	// maxSpread is how many times the least pay the most may be.
	maxSpread = 20
	// maxPayText is the longest text that is read as pay.
	maxPayText = 200
)

// major are the currencies in which leastYearly and maxYearly hold.
var major = setOf("USD", "EUR", "GBP", "CHF", "CAD", "AUD", "NZD", "SGD")

var perYear = map[string]float64{"hour": 2080, "day": 260, "week": 52, "month": 12, "year": 1, "": 1}

var (
	amountPattern = regexp.MustCompile(`\d[\d.,'’\x{a0}\x{202f} ]*`)
	spacedPattern = regexp.MustCompile(`^\d{1,3}([ \x{a0}\x{202f}]\d{3})+(?:[.,]\d{1,2})?(?:[^\d]|$)`)
	groupPattern  = regexp.MustCompile(`^\d{1,3}([.,'’]\d{3})+$`)
	manyCountries = regexp.MustCompile(`\b(kr|kr\.|rs|rs\.|pesos?|dinars?|francs?|rupees?|crowns?|krone[rn]?|kronor)\b`)
	codePattern   = regexp.MustCompile(`\b[A-Za-z]{3}\b`)
	periodSlashes = strings.NewReplacer(
		"p.a.", " annum ", "p. a.", " annum ", "p/a", " annum ", "p.m.", " month ", "p/m", " month ",
		"p.h.", " hour ", "p/h", " hour ", "std.", " std ", "/", " / ")
)

// symbols stand for currencies, the longer ones first. "$" alone is the US dollar, as in search.
var symbols = []struct{ symbol, code string }{
	{"us$", "USD"}, {"au$", "AUD"}, {"ca$", "CAD"}, {"nz$", "NZD"}, {"hk$", "HKD"}, {"sg$", "SGD"}, {"mx$", "MXN"}, {"a$", "AUD"},
	{"c$", "CAD"}, {"s$", "SGD"}, {"r$", "BRL"}, {"$", "USD"}, {"£", "GBP"}, {"€", "EUR"}, {"₹", "INR"}, {"₽", "RUB"}, {"₺", "TRY"},
	{"₴", "UAH"}, {"₪", "ILS"}, {"₩", "KRW"}, {"₫", "VND"}, {"zł", "PLN"}, {"kč", "CZK"}, {"euros", "EUR"}, {"euro", "EUR"},
	{"pounds", "GBP"}, {"dollars", "USD"}, {"fr.", "CHF"},
}

// payFillers are words that may stand in pay without changing its meaning.
var payFillers = setOf(strings.Fields("a an per pro par por al im the to bis zu und and à from ab up min max minimum maximum von " +
	"salary pay gehalt lohn gross brutto net netto circa ca approx about between zwischen plus over at least range base doe " +
	"starting k tsd de o p e m")...)

// Currency returns the ISO 4217 code that a text is or stands for, or "".
func Currency(text string) string {
	text = strings.ToLower(strings.TrimSpace(text))
	for _, s := range symbols {
		if text == s.symbol {
			return s.code
		}
	}
	if len(text) != 3 {
		return ""
	}
	if unit, err := currency.ParseISO(text); err == nil && unit != (currency.Unit{}) && unit.String() != "XXX" {
		return unit.String()
	}
	return ""
}

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

// The signs between the digits of a number that are none: spaces, and those of thousands where commas or dots have another meaning.
var (
	numberSpaces = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "")
	groupSigns   = strings.NewReplacer(",", "", ".", "", "'", "", "’", "")
	exceptDots   = strings.NewReplacer(",", "", "'", "", "’", "")
	exceptCommas = strings.NewReplacer(".", "", "'", "", "’", "")
)

// readNumber reads "1,234.56", "1.234,56", "1'234", "1 234" and "1234".
func readNumber(text string) (float64, bool) {
	text = numberSpaces.Replace(text)
	comma, dot := strings.LastIndexByte(text, ','), strings.LastIndexByte(text, '.')
	switch {
	case groupPattern.MatchString(text) && (comma < 0 || dot < 0):
		text = groupSigns.Replace(text)
	case comma > dot:
		text = strings.Replace(exceptCommas.Replace(text), ",", ".", 1)
	default:
		text = exceptDots.Replace(text)
	}
	number, err := strconv.ParseFloat(text, 64)
	return number, err == nil && !math.IsInf(number, 0) && number < 1e12
}

// takeCurrency finds the one currency of a text.
func takeCurrency(text string) (code, rest string, reason string) {
	add := func(found string) bool {
		if code != "" && code != found {
			return false
		}
		code = found
		return true
	}
	for _, s := range symbols {
		if strings.Contains(text, s.symbol) {
			text = strings.ReplaceAll(text, s.symbol, " ")
			if !add(s.code) {
				return "", "", "names two currencies"
			}
		}
	}
	for _, word := range codePattern.FindAllString(text, -1) {
		if payFillers[word] || periodWords[word] != "" {
			continue
		}
		found := Currency(word)
		if found == "" {
			continue
		}
		text = strings.ReplaceAll(text, word, " ")
		if code != found && code != "" && !strings.HasSuffix(found, "D") { // "$ AUD" is one currency
			return "", "", "names two currencies"
		}
		code = found
	}
	return code, text, ""
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

// Checked returns pay that is plausible: a period where the amounts make it clear, and the lesser amount first. Otherwise reason says
// what is wrong.
func (p Pay) Checked() (pay Pay, reason string) {
	if p.Min < 0 || p.Max < 0 || math.IsNaN(p.Min) || math.IsNaN(p.Max) || p.Min > 1e12 || p.Max > 1e12 {
		return Pay{}, "is not plausible"
	}
	if p.Min == 0 && p.Max == 0 {
		return Pay{}, ""
	}
	if p.Min > 0 && p.Max > 0 {
		if p.Min > p.Max {
			return Pay{}, "has its most below its least"
		}
		if p.Max > maxSpread*p.Min {
			return Pay{}, "is too wide a range to be plausible"
		}
	}
	most := max(p.Min, p.Max)
	least := p.Min
	if least == 0 {
		least = p.Max
	}
	if p.Period == "" {
		if least < leastYearly {
			return Pay{}, "names no period, and is too little for a year"
		}
		if major[p.Currency] {
			p.Period = "year"
		}
	}
	ceiling := float64(maxYearlyOther)
	if major[p.Currency] {
		ceiling = maxYearly
	}
	factor, period := perYear[p.Period], p.Period
	if period == "" {
		period = "year"
	}
	if least*factor < minYearly || most*factor > ceiling {
		return Pay{}, "is not plausible for a " + period
	}
	return p, ""
}

// String is such as "50000-60000 EUR a year".
func (p Pay) String() string {
	text := strconv.FormatFloat(p.Min, 'f', -1, 64) + "-" + strconv.FormatFloat(p.Max, 'f', -1, 64)
	if p.Currency != "" {
		text += " " + p.Currency
	}
	if p.Period != "" {
		text += " a " + p.Period
	}
	return text
}
