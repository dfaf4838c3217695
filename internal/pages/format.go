package pages

import (
	"html/template"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/tools/types"
	"golang.org/x/text/currency"
)

// day is a date as the page shows it: a script writes it as the reader's own language does.
type day struct {
	ISO  string // RFC 3339, in UTC
	Text string
}

// dayOf writes a time as PocketBase stores it; the zero day where there is none.
func (w *words) dayOf(stored string) day {
	at, ok := timeOf(stored)
	if !ok {
		return day{}
	}
	return day{ISO: at.Format(time.RFC3339), Text: w.say("date", "day", strconv.Itoa(at.Day()),
		"month", w.say("month."+strconv.Itoa(int(at.Month()))), "year", strconv.Itoa(at.Year()))}
}

func timeOf(stored string) (time.Time, bool) {
	at, err := time.Parse(types.DefaultDateLayout, stored)
	return at.UTC(), err == nil && !at.IsZero()
}

// ago tells how long ago something was, in days.
func (w *words) ago(stored string, now time.Time) string {
	at, ok := timeOf(stored)
	if !ok {
		return ""
	}
	days := int(math.Round(now.UTC().Truncate(24*time.Hour).Sub(at.Truncate(24*time.Hour)).Hours() / 24))
	switch {
	case days <= 0:
		return w.say("ago.today")
	case days < 31:
		return w.say("ago.days", "n", days)
	}
	return w.say("ago.months", "n", max(1, days/30))
}

// left tells how long applications are still taken, and whether that is soon over.
func (w *words) left(deadline string, now time.Time) (text string, soon bool) {
	at, ok := timeOf(deadline)
	if !ok {
		return "", false
	}
	hours := at.Sub(now).Hours()
	switch {
	case hours <= 0:
		return "", false
	case hours < 24:
		return w.say("left.hours", "n", max(1, int(hours))), true
	}
	return w.say("left.days", "n", int(hours/24)), hours < 48
}

// money is what a job pays.
type money struct {
	Text, Currency, Period string
	Least, Most            float64
	Markup                 template.HTML
}

// pay is nil where the job does not say what it pays.
func (w *words) pay(j *job) *money {
	least, most := j.SalaryMin, j.SalaryMax
	if least <= 0 && most <= 0 {
		return nil
	}
	if most > 0 && least > most {
		least = most
	}
	m := &money{Currency: j.SalaryCurrency, Least: least, Most: most}
	symbol, form := w.symbol(j.SalaryCurrency)
	amount := w.amount
	if least != math.Trunc(least) || most != math.Trunc(most) {
		amount = w.cents // for both ends of a range
	}
	write := func(value float64) string { return w.say("money."+form, "symbol", symbol, "amount", amount(value)) }
	switch {
	case least <= 0:
		m.Text = w.say("money.most", "pay", write(most))
	case most <= 0:
		m.Text = w.say("money.least", "pay", write(least))
	case most > least:
		m.Text = w.say("money.range."+form, "symbol", symbol, "from", amount(least), "to", amount(most))
	default:
		m.Text = write(least)
	}
	if j.SalaryPeriod != "" {
		m.Period = w.say("period." + j.SalaryPeriod)
	}
	m.Markup = m.markup()
	return m
}

// symbol is how a currency is written, and in which form amounts stand beside it: a symbol of one letter, a long one such as CA$, or
// a code.
func (w *words) symbol(code string) (symbol, form string) {
	unit, err := currency.ParseISO(code)
	if err != nil {
		return code, "code"
	}
	symbol = w.numbers.Sprint(currency.Symbol(unit))
	switch last, _ := utf8.DecodeLastRuneInString(symbol); {
	case unicode.IsLetter(last):
		return symbol, "code"
	case utf8.RuneCountInString(symbol) > 1:
		return symbol, "long"
	}
	return symbol, "symbol"
}

// leastPay writes an amount that was typed, of a currency or of none; what is no number stays as it is.
func (w *words) leastPay(typed, code string) string {
	value, err := strconv.ParseFloat(typed, 64)
	if err != nil || math.IsInf(value, 0) || math.IsNaN(value) {
		return typed
	}
	if code == "" {
		return w.amount(value)
	}
	symbol, form := w.symbol(strings.ToUpper(code))
	return w.say("money."+form, "symbol", symbol, "amount", w.amount(value))
}

func (w *words) amount(value float64) string {
	if value == math.Trunc(value) && value < 1e15 {
		return w.number(int(value))
	}
	return w.cents(value)
}

func (w *words) cents(value float64) string { return w.numbers.Sprintf("%.2f", value) }

var digits = regexp.MustCompile(`[0-9]+`)

// size writes how many people a company has, such as "201–1,000".
func (w *words) size(stored string) string {
	return digits.ReplaceAllStringFunc(strings.ReplaceAll(stored, "-", "–"), func(number string) string {
		n, err := strconv.Atoi(number)
		if err != nil {
			return number
		}
		return w.number(n)
	})
}

// span writes the whole numbers from first to last.
func (w *words) span(first, last int) string {
	if first == last {
		return w.number(first)
	}
	return w.number(first) + "–" + w.number(last)
}

// plain makes a text of users fit for where no markup can hold it together, such as a window's title: one line, without what
// turns the direction of what follows.
func plain(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F, r == 0x061C:
			return -1
		case unicode.IsControl(r):
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "�"))
	return strings.Join(strings.Fields(text), " ")
}

// cut shortens a text at a word.
func cut(text string, most int) string {
	letters := []rune(text)
	if len(letters) <= most {
		return text
	}
	short := string(letters[:most])
	if at := strings.LastIndexByte(short, ' '); at > most/2 {
		short = short[:at]
	}
	return strings.TrimRight(short, " ,.;:–-") + "…"
}

// stars writes a rating from 0 to 5 as stars.
func stars(rating float64) string {
	full := min(5, max(0, int(math.Round(rating))))
	return strings.Repeat("★", full) + strings.Repeat("☆", 5-full)
}

func (w *words) rating(average float64) string { return w.numbers.Sprintf("%.1f", average) }
