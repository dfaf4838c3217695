package values

import (
	"regexp"
	"strings"

	"golang.org/x/text/currency"
)

// symbols stand for currencies, the longer ones first. "$" alone is the US dollar, as in search.
var symbols = []struct{ symbol, code string }{
	{"us$", "USD"}, {"au$", "AUD"}, {"ca$", "CAD"}, {"nz$", "NZD"}, {"hk$", "HKD"}, {"sg$", "SGD"}, {"mx$", "MXN"}, {"a$", "AUD"},
	{"c$", "CAD"}, {"s$", "SGD"}, {"r$", "BRL"}, {"$", "USD"}, {"£", "GBP"}, {"€", "EUR"}, {"₹", "INR"}, {"₽", "RUB"}, {"₺", "TRY"},
	{"₴", "UAH"}, {"₪", "ILS"}, {"₩", "KRW"}, {"₫", "VND"}, {"zł", "PLN"}, {"kč", "CZK"}, {"euros", "EUR"}, {"euro", "EUR"},
	{"pounds", "GBP"}, {"dollars", "USD"}, {"fr.", "CHF"},
}

var codePattern = regexp.MustCompile(`\b[A-Za-z]{3}\b`)

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

// takeCurrency finds the one currency of a text.
func takeCurrency(text string) (code, rest string, reason string) {
	for _, s := range symbols {
		if !strings.Contains(text, s.symbol) {
			continue
		}
		if code != "" && code != s.code {
			return "", "", "names two currencies"
		}
		text, code = strings.ReplaceAll(text, s.symbol, " "), s.code
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
