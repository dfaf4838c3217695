package report

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
)

var update = flag.Bool("update", false, "update the golden files")

// sheet is a report's CSV as a spreadsheet reads it.
type sheet struct {
	columns map[string]int
	rows    [][]string
}

func readSheet(t *testing.T, app core.App, request Request) sheet {
	t.Helper()
	var out bytes.Buffer
	request.Format, request.MachineReadable = CSV, true
	rows, err := Write(context.Background(), app, request, &out)
	if err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	s := sheet{columns: map[string]int{}, rows: all[1:]}
	for i, head := range all[0] {
		s.columns[head] = i
	}
	if rows != len(s.rows) {
		t.Errorf("Write answered %d rows, the file has %d", rows, len(s.rows))
	}
	return s
}

func (s sheet) text(row []string, column string) string {
	at, ok := s.columns[column]
	if !ok {
		panic("no column " + column)
	}
	return row[at]
}

// numbers returns the non-empty cells of a column in the rows that keep selects.
func (s sheet) numbers(column string, keep func(row []string) bool) []float64 {
	var numbers []float64
	for _, row := range s.rows {
		if cell := s.text(row, column); cell != "" && keep(row) {
			number, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				panic(err)
			}
			numbers = append(numbers, number)
		}
	}
	return numbers
}

func (s sheet) where(column, value string) func([]string) bool {
	return func(row []string) bool { return s.text(row, column) == value }
}

func all([]string) bool { return true }

func sum(numbers []float64) (total float64) {
	for _, number := range numbers {
		total += number
	}
	return total
}

func (s sheet) count(keep func([]string) bool) float64 {
	n := 0.0
	for _, row := range s.rows {
		if keep(row) {
			n++
		}
	}
	return n
}

// fromSheet computes a report's figures from its CSV alone, as far as the CSV contains them.
func fromSheet(kind string, s sheet) slowFigures {
	switch kind {
	case Jobs:
		published := s.where("published", "1")
		figures := slowFigures{"applicationsPerJob": ratio(sum(s.numbers("applications", published)), s.count(published)),
			"withoutApplications": s.count(func(row []string) bool { return published(row) && s.text(row, "applications") == "0" }),
			"daysToFill":          slowMedian(s.numbers("daysToFill", s.where("filled", "1")))}
		for _, flag := range []string{"posted", "published", "closed", "expired", "filled"} {
			figures[flag] = sum(s.numbers(flag, all))
		}
		return figures
	case Users:
		figures := slowFigures{"completeness": math.NaN()}
		for _, flag := range []string{"registered", "active", "deactivated"} {
			figures[flag] = sum(s.numbers(flag, all))
		}
		if shares := s.numbers("completeness", s.where("registered", "1")); len(shares) > 0 {
			figures["completeness"] = sum(shares) / float64(len(shares))
		}
		return figures
	case Applications:
		n, answers := float64(len(s.rows)), s.numbers("hoursToFirstAnswer", all)
		hired := s.where("status", "hired")
		return slowFigures{"submitted": n, "answered": float64(len(answers)), "answerRate": ratio(float64(len(answers)), n),
			"hoursToFirstAnswer": slowMedian(answers),
			"hired":              s.count(hired), "rejected": s.count(s.where("status", "rejected")),
			"withdrawn": s.count(s.where("status", "withdrawn")),
			"hireRate":  ratio(s.count(hired), n), "daysToHire": slowMedian(s.numbers("daysToHire", hired))}
	}
	received, answered := sum(s.numbers("received", all)), sum(s.numbers("answered", all))
	return slowFigures{"employers": float64(len(s.rows)), "received": received, "answered": answered,
		"answerRate": ratio(answered, received), "hired": sum(s.numbers("hired", all))}
}

func TestFiguresAndChartsAgreeWithTheCSV(t *testing.T) {
	t.Parallel()
	b := randomBoard(11)
	app := b.stored(t)
	for _, kind := range collections.ReportKinds() {
		for _, period := range periods(b) {
			for _, filters := range filtersFor(kind, b)[:3] {
				request := Request{Kind: kind, Format: PDF, From: period.From, To: period.End.Add(-time.Millisecond), Filters: filters}
				result, err := Compute(context.Background(), app, request)
				if err != nil {
					t.Fatal(err)
				}
				sheet := readSheet(t, app, request)
				if result.Rows != len(sheet.rows) {
					t.Errorf("%s %s: the PDF says %d rows, the CSV has %d", kind, period, result.Rows, len(sheet.rows))
				}
				want := fromSheet(kind, sheet)
				var shared []Figure
				for _, figure := range result.Figures {
					if _, ok := want[figure.Key]; ok {
						shared = append(shared, figure)
					}
				}
				compare(t, kind+" "+period.String(), shared, want)
				compareCharts(t, kind, sheet, result)
			}
		}
	}
}

// spread says how a chart's series follows from the CSV: the rows that keep selects, grouped by a column.
type spread struct {
	column string
	keep   func(s sheet, row []string) bool
}

var charts = map[string][]spread{
	"jobsOverTime": {{"created", flagged("posted")}, {"publishedAt", flagged("published")},
		{"endedAt", func(s sheet, row []string) bool { return flagged("closed")(s, row) || flagged("expired")(s, row) }}, {"firstHireAt",
			flagged("filled")}},
	"jobsByIndustry":  {{"industry", flagged("published")}},
	"jobsByType":      {{"jobType", flagged("published")}},
	"jobsByWorkplace": {{"workplace", flagged("published")}},
	"registrationsOverTime": {{"registeredAt", registeredAs("job_seeker")}, {"registeredAt", registeredAs("employer")},
		{"registeredAt", registeredAs("admin")}},
	"activeByRole": {{"role", flagged("active")}},
	"applicationsOverTime": {{"submittedAt", everyRow},
		{"submittedAt", func(s sheet, row []string) bool { return s.text(row, "hoursToFirstAnswer") != "" }},
		{"submittedAt", func(s sheet, row []string) bool { return s.text(row, "status") == "hired" }}},
	"applicationsByStatus": {{"status", everyRow}},
}

func everyRow(sheet, []string) bool { return true }

func flagged(column string) func(sheet, []string) bool {
	return func(s sheet, row []string) bool { return s.text(row, column) == "1" }
}

func registeredAs(role string) func(sheet, []string) bool {
	return func(s sheet, row []string) bool { return flagged("registered")(s, row) && s.text(row, "role") == role }
}

// slowLabel returns the step of a chart for a cell of the CSV; a cell that is no time is its own label.
func slowLabel(t *testing.T, cell string, step bucket) string {
	t.Helper()
	at, err := time.Parse(time.RFC3339, cell)
	if err != nil {
		if cell == "" {
			return "not given"
		}
		return strings.ReplaceAll(cell, "_", " ")
	}
	switch step {
	case byWeek:
		for at.Weekday() != time.Monday {
			at = at.Add(-24 * time.Hour)
		}
	case byMonth:
		return at.Format("2006-01")
	case byYear:
		return at.Format("2006")
	}
	return at.Format("2006-01-02")
}

// compareCharts compares every chart of a report with the CSV of the same period, label by label.
func compareCharts(t *testing.T, kind string, s sheet, result *Result) {
	t.Helper()
	name := kind + " " + result.Period.String()
	for _, chart := range result.Charts {
		for i, series := range chart.Series {
			want := map[string]float64{}
			switch chart.Key {
			case "funnel":
				want = s.funnel()
			case "notificationsByKind": // the CSV has employers only
				continue
			case "answersOverTime": // the CSV has employers without times
				if got, total := sum(series.Values), sum(s.numbers([]string{"received", "answered"}[i], all)); got != total {
					t.Errorf("%s: %s adds up to %v, the CSV to %v", name, series.Name, got, total)
				}
				continue
			default:
				rule := charts[chart.Key][i]
				for _, row := range s.rows {
					if rule.keep(s, row) {
						want[slowLabel(t, s.text(row, rule.column), result.Period.bucket())]++
					}
				}
			}
			for k, label := range chart.Labels {
				if series.Values[k] != want[label] {
					t.Errorf("%s: the chart %s, %s has %v at %s, the CSV %v", name, chart.Key, series.Name,
						series.Values[k], label, want[label])
				}
				delete(want, label)
			}
			for label, number := range want {
				if number != 0 {
					t.Errorf("%s: the chart %s, %s lacks %s, where the CSV has %v", name, chart.Key, series.Name, label, number)
				}
			}
		}
	}
	if kind == Applications {
		s.compareStages(t, name, result)
	}
}

// funnel counts the rows that reached each stage or a later one.
func (s sheet) funnel() map[string]float64 {
	counts := map[string]float64{}
	for _, row := range s.rows {
		for _, stage := range funnel {
			counts[strings.ReplaceAll(stage, "_", " ")]++
			if stage == s.text(row, "furthestStage") {
				break
			}
		}
	}
	return counts
}

// compareStages compares the table "Time in each stage" with the columns of the CSV.
func (s sheet) compareStages(t *testing.T, name string, result *Result) {
	t.Helper()
	for i, row := range result.Tables[0].Rows {
		hours := s.numbers("hoursIn_"+funnel[i], all)
		if want := fmt.Sprint(len(hours)); row[1] != want {
			t.Errorf("%s: %s have left %s, in the CSV %s", name, row[1], row[0], want)
		}
		if median := slowMedian(hours); row[2] != formatFigure(sql.NullFloat64{Float64: median, Valid: !math.IsNaN(median)}, Hours) {
			t.Errorf("%s: the median time in %s is %s, in the CSV %v h", name, row[0], row[2], median)
		}
	}
}

// The golden files hold a whole report of each kind and format (the PDF as its printed words), so that a changed number
// shows up in review. Update them with: go test ./internal/report -run Golden -update
func TestGoldenReports(t *testing.T) {
	t.Parallel()
	app := randomBoard(4).stored(t)
	for _, kind := range collections.ReportKinds() {
		request := Request{Kind: kind, Format: CSV, MachineReadable: true, From: newYear.AddDate(0, 4, 0),
			To: newYear.AddDate(0, 8, 0).Add(-time.Millisecond)}
		var file bytes.Buffer
		if _, err := Write(context.Background(), app, request, &file); err != nil {
			t.Fatal(err)
		}
		golden(t, kind+".csv", file.String())
		result, err := Compute(context.Background(), app, request)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, kind+".txt", printed(result))
	}
}

func printed(result *Result) string {
	var out strings.Builder
	line := func(cells ...string) {
		out.WriteString(strings.ReplaceAll(strings.Join(cells, " | "), "\u00a0", " ") + "\n")
	}
	doc := result.document("Board")
	line(doc.Title, doc.Facts[0].Value)
	for _, figure := range result.figureCells() {
		line(figure.Label, figure.Value, figure.Meaning)
	}
	for _, chart := range result.Charts {
		line("", chart.Title, chart.Meaning)
		for i, label := range chart.Labels {
			cells := []string{label}
			for _, series := range chart.Series {
				cells = append(cells, strconv.FormatFloat(series.Values[i], 'g', -1, 64))
			}
			line(cells...)
		}
	}
	for _, table := range result.Tables {
		line("", table.Title, table.Meaning)
		for _, row := range table.Rows {
			line(row...)
		}
	}
	return out.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range min(len(gotLines), len(wantLines)) {
		if gotLines[i] != wantLines[i] {
			t.Errorf("%s, line %d:\ngot  %s\nwant %s", name, i+1, gotLines[i], wantLines[i])
			return
		}
	}
	t.Errorf("%s: %d lines, want %d", name, len(gotLines), len(wantLines))
}
