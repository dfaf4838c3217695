package meaning

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"jobboard/collections"
)

// payPattern finds pay: "$100k", "80-100k", "20€/h", "over 60000", "£40,000 a year".
var payPattern = regexp.MustCompile(`(?i)^(over|above|at least|more than|min|minimum|from|earning|paying|salary|` +
	`ab|mindestens|über|plus de)?` +
	`\s*` +
	`(us\$|au?\$|ca?\$|nz\$|\$|£|€|usd|eur|gbp|chf)?\s*` +
	`(\d{1,3}(?:[.,]\d{3})+|\d+(?:[.,]\d{1,2})?)\s?(k)?` +
	`(?:\s*(?:-|–|to|bis)\s*[$£€]?\s*(\d{1,3}(?:[.,]\d{3})+|\d+(?:[.,]\d{1,2})?)\s?(k)?)?` +
	`(\s?\+|\s+plus)?` +
	`(?:\s?(\$|£|€|usd|eur|euros?|gbp|pounds?|dollars?|chf|cad|aud))?` +
	`(?:\s?(?:/|per\s|an?\s|pro\s|par\s)\s?(hour|hr|h|stunde|std|heure|day|d|tag|jour|week|wk|woche|month|mo|monat|mois|year|yr|annum|jahr)|` +
	`\s(hourly|monthly|annually|yearly))?(\s?\+)?`)

// The groups of payPattern.
const (
	payOver = 1 + iota
	paySign
	payNumber
	payThousand
	paySecond
	paySecondThousand
	payPlus
	payUnit
	payPeriod
	payAdverb
	payPlusAfter
)

// payBounds are the characters that pay may stand between.
const payBounds = " ,;()\t\n\""

var payWords = map[string]bool{"over": true, "above": true, "at": true, "more": true, "min": true, "minimum": true, "from": true,
	"earning": true, "paying": true, "salary": true, "ab": true, "mindestens": true, "uber": true, "plus": true, "usd": true, "eur": true,
	"gbp": true, "chf": true}

var currencies = map[string]string{"$": "USD", "us$": "USD", "a$": "AUD", "au$": "AUD", "c$": "CAD", "ca$": "CAD", "nz$": "NZD", "£": "GBP",
	"€": "EUR", "usd": "USD", "eur": "EUR", "euro": "EUR", "euros": "EUR", "gbp": "GBP", "pound": "GBP", "pounds": "GBP", "dollar": "USD",
	"dollars": "USD", "chf": "CHF", "cad": "CAD", "aud": "AUD"}

// periods are the pay periods by what people call them.
var periods = map[string]string{"hour": "hour", "hr": "hour", "h": "hour", "stunde": "hour", "std": "hour", "heure": "hour",
	"hourly": "hour", "day": "day", "d": "day", "tag": "day", "jour": "day", "week": "week", "wk": "week", "woche": "week",
	"month": "month", "mo": "month", "monat": "month", "mois": "month", "monthly": "month",
	"year": "year", "yr": "year", "annum": "year", "jahr": "year", "annually": "year", "yearly": "year"}

// What a number may pay, per year. A sum without a period that nobody earns in a year is paid by the hour.
const (
	minSalary  = 8_000
	maxSalary  = 2_000_000
	minHourly  = 8
	maxHourly  = 200
	plainMin   = 15_000 // a number without a currency
	plainMax   = 500_000
	maxPayText = 60
)

// payAt understands pay that begins at word i, and returns how many words it is.
func (r *reader) payAt(i int) (Part, int) {
	w := r.words[i]
	if !r.fields[FieldSalary] || !payWords[w.folded] && (w.folded[0] < '0' || w.folded[0] > '9') {
		return Part{}, 0
	}
	from := 1 + strings.LastIndexAny(r.text[:w.start], payBounds) // "$" and the like are no words
	m := payPattern.FindStringSubmatch(r.text[from:min(len(r.text), from+maxPayText)])
	if m == nil {
		return Part{}, 0
	}
	end := from + len(strings.TrimRight(m[0], " "))
	if end < len(r.text) && !strings.ContainsRune(payBounds, firstRune(r.text[end:])) {
		return Part{}, 0
	}
	open := m[payOver] != "" || m[payPlus] != "" || m[payPlusAfter] != ""
	salary, ok := yearly(m, open)
	if !ok {
		return Part{}, 0
	}
	n := 0
	for i+n < len(r.words) && r.words[i+n].start < end {
		n++
	}
	part := r.part(i, n)
	part.Start, part.lead, part.End = from, from, end
	part.Field, part.Salary, part.Open = FieldSalary, salary, open
	part.Currency = currencies[strings.ToLower(m[paySign]+m[payUnit])]
	if m[paySign] != "" {
		part.Currency = currencies[strings.ToLower(m[paySign])]
	}
	part.Value = strconv.FormatFloat(salary, 'f', 0, 64)
	part.Label = strings.TrimSpace("from " + grouped(part.Value) + " " + part.Currency)
	return part, n
}

// yearly returns the least pay per year of what payPattern has found; ok is whether it is pay at all.
func yearly(m []string, open bool) (salary float64, ok bool) {
	amount := number(m[payNumber])
	thousand := m[payThousand] != "" || m[paySecondThousand] != "" && amount < 1000
	if thousand {
		amount *= 1000
	}
	currency := m[paySign] != "" || m[payUnit] != ""
	period, given := periods[strings.ToLower(m[payPeriod]+m[payAdverb])]
	switch {
	case given:
		amount *= collections.PeriodsPerYear(period)
	case currency && amount >= minHourly && amount <= maxHourly:
		amount *= collections.PeriodsPerYear("hour")
	case !currency && !open && (!thousand || amount < plainMin || amount > plainMax), !currency && amount < plainMin:
		return 0, false
	}
	return amount, amount >= minSalary && amount <= maxSalary
}

// number reads "60,000", "60.000" and "20.50".
func number(s string) float64 {
	if at := strings.LastIndexAny(s, ".,"); at >= 0 && len(s)-at == len(".000") {
		s = strings.NewReplacer(".", "", ",", "").Replace(s)
	}
	n, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", "."), 64)
	if err != nil {
		return 0
	}
	return n
}

// grouped returns digits in groups of three.
func grouped(digits string) string {
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}
