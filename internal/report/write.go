package report

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/report/csvfile"
	"jobboard/internal/report/pdf"
)

// Write writes the file of a report to w. It returns the number of rows: those of the CSV, or those that a CSV would have. It changes
// nothing on the board, and stops when ctx ends.
func Write(ctx context.Context, app core.App, request Request, w io.Writer) (rows int, err error) {
	if err := request.Check(); err != nil {
		return 0, err
	}
	if request.Format == PDF {
		result, err := Compute(ctx, app, request)
		if err != nil {
			return 0, err
		}
		return result.Rows, pdf.Write(w, result.document(app.Settings().Meta.AppName))
	}
	return writeCSV(ctx, app, request, w)
}

func writeCSV(ctx context.Context, app core.App, request Request, w io.Writer) (rows int, err error) {
	table := map[string]struct {
		heads []string
		write func(*snapshot, Filters, *csvfile.Writer) error
	}{
		Jobs: {jobHeads(), writeJobs}, Users: {userHeads(), writeUsers},
		Applications: {applicationHeads(), writeApplications}, Performance: {performanceHeads(), writePerformance},
	}[request.Kind]
	buffered := bufio.NewWriterSize(w, 64<<10)
	out, err := csvfile.NewWriter(buffered, !request.MachineReadable, table.heads...)
	if err != nil {
		return 0, err
	}
	err = withSnapshot(ctx, app, NewPeriod(request.From, request.To, time.Now()), request.restFactor, func(s *snapshot) error {
		return table.write(s, request.Filters, out)
	})
	if err != nil {
		return 0, fmt.Errorf("write the report on %s: %w", request.Kind, err)
	}
	if err := out.Flush(); err != nil {
		return 0, fmt.Errorf("write the report on %s: %w", request.Kind, err)
	}
	return out.Rows(), buffered.Flush()
}

// document returns the report as a PDF document.
func (r *Result) document(board string) pdf.Document {
	doc := pdf.Document{Title: titles[r.Kind], Board: board, Made: r.Made, Facts: []pdf.Fact{{Label: "Period", Value: r.Period.String()}}}
	if len(r.Filters.labels) > 0 {
		doc.Facts = append(doc.Facts, pdf.Fact{Label: "Filters", Value: strings.Join(r.Filters.labels, "; ")})
	}
	doc.Facts = append(doc.Facts, pdf.Fact{
		Label: "Data as of", Value: "the time this report was generated. The period selects what is counted; outcomes are as of that time.",
	})
	doc.Sections = append(doc.Sections, r.figureCells())
	for _, chart := range r.Charts {
		doc.Sections = append(doc.Sections, chart.Chart)
	}
	for _, table := range r.Tables {
		doc.Sections = append(doc.Sections, table)
	}
	return doc
}

func (r *Result) figureCells() pdf.Figures {
	var figures pdf.Figures
	for _, figure := range r.Figures {
		value := formatFigure(sql.NullFloat64{Float64: figure.Value, Valid: figure.Known}, figure.Unit)
		figures = append(figures, pdf.Figure{Label: figure.Label, Value: value, Meaning: figure.Meaning})
	}
	return figures
}
