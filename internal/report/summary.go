package report

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/report/pdf"
)

// Summary is the figures of the dashboard. In JSON each kind is an object of figure key and number (null if there is nothing to take a
// mean, median or share of).
type Summary struct {
	From         time.Time                  `json:"from"`
	To           time.Time                  `json:"to"`
	Made         time.Time                  `json:"made"`
	Jobs         map[string]any             `json:"jobs"`
	Users        map[string]any             `json:"users"`
	Applications map[string]any             `json:"applications"`
	Performance  map[string]any             `json:"performance"`
	Definitions  map[string][]FigureMeaning `json:"definitions"`
	Charts       []SummaryChart             `json:"charts"`
}

// FigureMeaning is the name, unit and meaning of a figure.
type FigureMeaning struct {
	Key     string `json:"key"`
	Label   string `json:"label"`
	Unit    Unit   `json:"unit"`
	Meaning string `json:"meaning"`
}

// SummaryChart is a chart of a report as data; Over is "time" if the labels are steps of time, otherwise "value".
type SummaryChart struct {
	Key     string          `json:"key"`
	Kind    string          `json:"kind"`
	Title   string          `json:"title"`
	Meaning string          `json:"meaning"`
	Over    string          `json:"over"`
	Labels  []string        `json:"labels"`
	Series  []SummarySeries `json:"series"`
}

// SummarySeries has one value for each label of its chart.
type SummarySeries struct {
	Name   string    `json:"name"`
	Values []float64 `json:"values"`
}

// summarySlot is held by the one summary that is computed at a time: two would leave no core for requests.
var summarySlot = make(chan struct{}, 1)

// Summarise computes the figures and charts of all reports for a period, from one read transaction.
func Summarise(ctx context.Context, app core.App, from, to time.Time) (*Summary, error) {
	if err := (Request{Kind: Jobs, Format: CSV, From: from, To: to}).Check(); err != nil {
		return nil, err
	}
	select {
	case summarySlot <- struct{}{}:
		defer func() { <-summarySlot }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	summary := &Summary{Made: time.Now().UTC(), Definitions: map[string][]FigureMeaning{}}
	figures := map[string]map[string]any{}
	err := withSnapshot(ctx, app, NewPeriod(from, to, summary.Made), restFactor, func(s *snapshot) error {
		summary.From, summary.To = s.period.From, s.period.End.Add(-time.Millisecond)
		for _, kind := range collections.ReportKinds() {
			result := &Result{Kind: kind}
			if err := s.compute(result); err != nil {
				return fmt.Errorf("summarise %s: %w", kind, err)
			}
			figures[kind] = map[string]any{}
			summary.take(result, figures[kind])
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	summary.Jobs, summary.Users = figures[Jobs], figures[Users]
	summary.Applications, summary.Performance = figures[Applications], figures[Performance]
	return summary, nil
}

func (s *Summary) take(result *Result, figures map[string]any) {
	for _, figure := range result.Figures {
		figures[figure.Key] = nil
		if figure.Known {
			figures[figure.Key] = figure.Value
		}
		s.Definitions[result.Kind] = append(s.Definitions[result.Kind],
			FigureMeaning{Key: figure.Key, Label: figure.Label, Unit: figure.Unit, Meaning: figure.Meaning})
	}
	for _, chart := range result.Charts {
		over := "time"
		if chart.Shape == pdf.Bars {
			over = "value"
		}
		data := SummaryChart{Key: chart.Key, Kind: result.Kind, Title: chart.Title, Meaning: chart.Meaning, Over: over,
			Labels: append([]string{}, chart.Labels...), Series: []SummarySeries{}}
		for _, series := range chart.Series {
			data.Series = append(data.Series, SummarySeries{Name: series.Name, Values: append([]float64{}, series.Values...)})
		}
		s.Charts = append(s.Charts, data)
	}
}
