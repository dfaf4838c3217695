package formats

import (
	"strings"

	"jobboard/internal/transfer/values"
)

// payText sets the pay from a text.
func (r *row) payText(text string) {
	pay, reason := values.ParsePay(text)
	if reason != "" {
		r.note("salary", "%s", reason)
	}
	r.setPay(pay)
}

// pay sets the pay from its parts.
func (r *row) pay(low, high float64, currency, period string) {
	pay := values.Pay{Min: low, Max: high, Currency: values.Currency(currency), Period: values.Period(period)}
	if low == 0 && high == 0 {
		return
	}
	switch {
	case pay.Currency == "" && values.Text(currency) != "":
		r.note("salary", "%s is no currency", values.Quote(currency))
	case pay.Period == "" && values.Text(period) != "" && strings.ToLower(period) != "none":
		r.note("salary", "%s is no period", values.Quote(period))
	default:
		checked, reason := pay.Checked()
		if reason != "" {
			r.note("salary", "%s %s", values.Quote(pay.String()), reason)
		}
		r.setPay(checked)
	}
}

func (r *row) setPay(pay values.Pay) {
	if pay.Min == 0 && pay.Max == 0 {
		return
	}
	// All four together, so that parts of an earlier pay don't stay.
	for field, amount := range map[string]float64{"salaryMin": pay.Min, "salaryMax": pay.Max} {
		r.Values[field] = nil
		if amount > 0 {
			r.Values[field] = amount
		}
	}
	for field, text := range map[string]string{"salaryCurrency": pay.Currency, "salaryPeriod": pay.Period} {
		r.Values[field] = nil
		if text != "" {
			r.Values[field] = text
		}
	}
	if pay.Currency == "" {
		r.note("salaryCurrency", "not given")
	}
}
