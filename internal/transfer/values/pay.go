package values

import (
	"math"
	"strconv"
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
)

// major are the currencies in which leastYearly and maxYearly hold.
var major = setOf("USD", "EUR", "GBP", "CHF", "CAD", "AUD", "NZD", "SGD")

var perYear = map[string]float64{"hour": 2080, "day": 260, "week": 52, "month": 12, "year": 1, "": 1}

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
