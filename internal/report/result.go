package report

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/report/pdf"
)

// Result is a computed report: what a PDF prints and the dashboard shows.
type Result struct {
	Kind    string
	Period  Period
	Filters Filters
	Made    time.Time
	Figures []Figure
	Charts  []Chart
	Tables  []pdf.Table
	Rows    int // the rows of the CSV of the same report
}

// Chart is a chart with the key that the dashboard knows it by.
type Chart struct {
	Key string
	pdf.Chart
}

// computations holds, by kind, what computes the figures and charts and, after these, the tables.
var computations = map[string]struct {
	figures func(*snapshot, *Result) (values, error)
	tables  func(*snapshot, *Result) error
}{
	Jobs:         {computeJobs, addJobTables},
	Users:        {computeUsers, addProfileItems},
	Applications: {computeApplications, addApplicationTables},
	Performance:  {computePerformance, addPerformanceTable},
}

// Compute computes the figures, charts and tables of a report from one read transaction.
func Compute(ctx context.Context, app core.App, request Request) (*Result, error) {
	if err := request.Check(); err != nil {
		return nil, err
	}
	made := time.Now().UTC()
	result := &Result{Kind: request.Kind, Filters: request.Filters, Made: made}
	err := withSnapshot(ctx, app, NewPeriod(request.From, request.To, made), request.restFactor, func(s *snapshot) error {
		if err := s.compute(result); err != nil {
			return err
		}
		return computations[result.Kind].tables(s, result)
	})
	if err != nil {
		return nil, fmt.Errorf("compute the report on %s: %w", request.Kind, err)
	}
	return result, nil
}

// compute computes figures and charts.
func (s *snapshot) compute(result *Result) error {
	result.Period = s.period
	numbers, err := computations[result.Kind].figures(s, result)
	if err != nil {
		return err
	}
	result.Figures, err = numbers.figures(result.Kind)
	return err
}

// addOverTime adds a chart over the period's steps.
func (r *Result) addOverTime(s *snapshot, key, title, meaning string, shape pdf.Shape, names []string, series [][]float64) {
	chart := Chart{Key: key, Chart: pdf.Chart{Title: title, Meaning: fmt.Sprintf("%s By %s.", meaning, s.step), Shape: shape,
		Labels: s.labels}}
	for i, name := range names {
		chart.Series = append(chart.Series, pdf.Series{Name: name, Values: series[i]})
	}
	r.Charts = append(r.Charts, chart)
}

// addBars adds a chart of a query's (label, number) rows in order; an empty label is shown as "not given".
func (r *Result) addBars(s *snapshot, key, title, meaning, query string, args arguments) error {
	chart := Chart{Key: key, Chart: pdf.Chart{Title: title, Meaning: meaning, Shape: pdf.Bars, Series: []pdf.Series{{Name: title}}}}
	err := s.each(title, query, args, func(scan func(...any) error) error {
		var label string
		var number float64
		if err := scan(&label, &number); err != nil {
			return err
		}
		if label == "" {
			label = "not given"
		}
		chart.Labels = append(chart.Labels, label)
		chart.Series[0].Values = append(chart.Series[0].Values, number)
		return nil
	})
	if err != nil {
		return err
	}
	r.Charts = append(r.Charts, chart)
	return nil
}
