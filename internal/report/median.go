package report

import (
	"database/sql/driver"
	"fmt"
	"slices"

	"modernc.org/sqlite"
)

// SQLite has no median. Ranking with window functions took more than half of a report's time at 100,000 applications, so the board
// registers the aggregate median(x): the middle value, or the mean of the middle two. It ignores NULLs, and is NULL if there is no value.
// Connections that are opened before this package is loaded lack it, hence init.
func init() {
	sqlite.MustRegisterFunction("median", &sqlite.FunctionImpl{
		NArgs:         1,
		Deterministic: true,
		MakeAggregate: func(sqlite.FunctionContext) (sqlite.AggregateFunction, error) { return &medianAggregate{}, nil },
	})
}

type medianAggregate struct{ values []float64 }

// Step adds one value.
func (m *medianAggregate) Step(_ *sqlite.FunctionContext, args []driver.Value) error {
	switch value := args[0].(type) {
	case nil:
	case int64:
		m.values = append(m.values, float64(value))
	case float64:
		m.values = append(m.values, value)
	default:
		return fmt.Errorf("median of a %T", value)
	}
	return nil
}

// WindowInverse would support moving windows, which reports do not use.
func (m *medianAggregate) WindowInverse(*sqlite.FunctionContext, []driver.Value) error {
	return fmt.Errorf("median has no moving window")
}

// WindowValue returns the median of the values so far.
func (m *medianAggregate) WindowValue(*sqlite.FunctionContext) (driver.Value, error) {
	n := len(m.values)
	if n == 0 {
		return nil, nil
	}
	slices.Sort(m.values)
	return (m.values[(n-1)/2] + m.values[n/2]) / 2, nil
}

// Final drops the values.
func (m *medianAggregate) Final(*sqlite.FunctionContext) { m.values = nil }
