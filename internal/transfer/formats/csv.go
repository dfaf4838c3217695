package formats

import (
	"cmp"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"jobboard/internal/transfer/values"
)

// readCSV reads a table whose first line names its columns.
func readCSV(file io.Reader, options Options) iter.Seq2[*Job, error] {
	return func(yield func(*Job, error) bool) {
		g, err := newGuard(file, options)
		if err != nil {
			yield(nil, err)
			return
		}
		t, err := openTable(g, options)
		if err != nil || t == nil {
			if err != nil {
				yield(nil, err)
			}
			return
		}
		for {
			g.next()
			cells, err := t.reader.Read()
			var syntax *csv.ParseError
			switch {
			case errors.Is(err, io.EOF):
				return
			case errors.Is(err, errTooLong):
				yield(nil, fmt.Errorf("%w; is a quotation mark missing?", err))
				return
			case errors.As(err, &syntax):
				refusal := &Refusal{Line: syntax.StartLine, Reason: "not CSV: " + syntax.Err.Error(), Unnamed: true}
				if syntax.Line > syntax.StartLine {
					refusal.Reason += fmt.Sprintf("; everything up to line %d is taken for one row", syntax.Line)
				}
				if !yield(nil, refusal) {
					return
				}
				continue
			case err != nil:
				yield(nil, err)
				return
			}
			if isEmpty(cells) {
				continue
			}
			line, _ := t.reader.FieldPos(0)
			if !yield(t.job(cells, line), nil) {
				return
			}
		}
	}
}

func isEmpty(cells []string) bool {
	return !slices.ContainsFunc(cells, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}

var sepPattern = regexp.MustCompile(`^(?i:sep)=([,;|\t])\r?\n`)

// table is a CSV file whose head line has been read.
type table struct {
	reader  *csv.Reader
	columns []column
	options Options
	named   bool // whether a column holds the externalId
	// currency and period are what the names of columns say of the pay in them.
	currency, period string
}

type column struct{ name, field string }

// openTable reads the head line, says what each column is taken for, and returns nil for an empty file.
func openTable(g *guard, options Options) (*table, error) {
	head, err := peekLine(g)
	if err != nil || strings.TrimSpace(head) == "" {
		return nil, err
	}
	comma := delimiter(head)
	if hint := sepPattern.FindStringSubmatch(head); hint != nil { // as Excel writes it
		comma, _ = utf8.DecodeRuneInString(hint[1])
		head = head[len(hint[0]):]
	}
	reader := csv.NewReader(io.MultiReader(strings.NewReader(head), g))
	reader.Comma = comma
	reader.FieldsPerRecord = -1
	names, err := reader.Read()
	if err != nil {
		return nil, fmt.Errorf("line 1: %w", err)
	}
	columns, err := mapColumns(names, options.Columns)
	if err != nil {
		return nil, err
	}
	t := &table{reader: reader, columns: columns, options: options}
	has := func(field string) bool {
		return slices.ContainsFunc(columns, func(c column) bool { return c.field == field })
	}
	for _, c := range columns {
		if strings.HasPrefix(c.field, "salary") {
			currency, period := payHints(c.name)
			t.currency, t.period = cmp.Or(t.currency, currency), cmp.Or(t.period, period)
		}
	}
	if t.named = has("externalId"); !t.named && !has("title") {
		return nil, fmt.Errorf("no column holds the title; the columns are %s; name it with --map \"COLUMN=title\"", quoted(names))
	}
	if options.Show != nil {
		options.Show(t.explain())
	}
	return t, nil
}

// peekLine reads the first line that is not empty, and what else comes with it.
func peekLine(g *guard) (string, error) {
	var head strings.Builder
	buffer := make([]byte, 4096)
	for {
		n, err := g.Read(buffer)
		head.Write(buffer[:n])
		if errors.Is(err, io.EOF) || strings.Contains(strings.TrimLeft(head.String(), "\r\n "), "\n") {
			return strings.TrimLeft(head.String(), "\r\n "), nil
		}
		if err != nil {
			return "", err
		}
	}
}

// delimiter returns the character that separates most columns in the head line, outside of quotation marks.
func delimiter(head string) rune {
	line, _, _ := strings.Cut(head, "\n")
	counts := map[rune]int{}
	quoted := false
	for _, c := range line {
		if c == '"' {
			quoted = !quoted
		}
		if !quoted {
			counts[c]++
		}
	}
	best := ','
	for _, c := range []rune{';', '\t', '|'} {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}

// explain says which column holds what.
func (t *table) explain() string {
	var text strings.Builder
	text.WriteString("Columns (--map \"COLUMN=FIELD\" changes one):\n")
	for _, column := range t.columns {
		field := column.field
		if field == "" {
			field = "(ignored)"
		}
		fmt.Fprintf(&text, "  %s → %s\n", column.name, field)
	}
	if !t.named {
		text.WriteString("  No column holds an id, so title, company and place identify a job.\n")
	}
	return text.String()
}

// job reads one line of the table.
func (t *table) job(cells []string, line int) *Job {
	r := newRow(line, t.options)
	cell := map[string]string{}
	for i, column := range t.columns {
		if i >= len(cells) || strings.TrimSpace(cells[i]) == "" {
			continue
		}
		if column.field == "" {
			r.Ignored = append(r.Ignored, column.name)
			continue
		}
		if cell[column.field] != "" {
			cell[column.field] += "; "
		}
		cell[column.field] += cells[i]
	}
	for _, field := range []string{"externalId", "source", "title"} {
		r.set(field, cell[field])
	}
	r.Company = values.Text(cell["company"])
	r.EmployerID = values.Text(cell["employer"])
	r.Industry = values.Text(cell["industry"])
	r.description(values.Section{Body: cell["description"]}, values.Section{Heading: "Requirements", Body: cell["requirements"]},
		values.Section{Heading: "Benefits", Body: cell["benefits"]})
	r.placeText(cell["location"])
	r.place(cell["city"], cell["region"], cell["country"])
	tableWorkplace(r, cell)
	r.jobType(cell["jobType"])
	r.level(cell["experienceLevel"])
	r.interests(splitList(cell["fields"])...)
	r.skills(splitList(cell["skills"]))
	cell["salaryCurrency"] = cmp.Or(cell["salaryCurrency"], t.currency)
	cell["salaryPeriod"] = cmp.Or(cell["salaryPeriod"], t.period)
	tablePay(r, cell)
	r.published(cell["publishedAt"])
	r.deadline(cell["deadline"])
	r.applyAt(cell["applyUrl"])
	r.applyTo(cell["applyEmail"])
	tableStatus(r, cell["status"])
	if !t.named {
		r.Values["externalId"] = rowID(cell)
	}
	job := r.done()
	job.Item = "" // the line says it
	return job
}

// rowID identifies a job by what its row says.
func rowID(cell map[string]string) string {
	var parts []string
	for _, field := range []string{"title", "company", "location", "city", "country"} {
		parts = append(parts, strings.ToLower(values.Text(cell[field])))
	}
	raw, err := json.Marshal(parts)
	if err != nil { // texts can be marshalled
		return ""
	}
	sum := sha256.Sum256(raw)
	return "row-" + hex.EncodeToString(sum[:8])
}

// tableWorkplace reads the workplace, and a column that says whether the work is remote.
func tableWorkplace(r *row, cell map[string]string) {
	r.workplace(cell["workplace"])
	if r.Values["workplace"] != nil || cell["remote"] == "" {
		return
	}
	if yes, known := values.Truth(cell["remote"]); known {
		r.Values["workplace"] = "on_site"
		if yes {
			r.Values["workplace"] = "remote"
		}
		return
	}
	r.workplace(cell["remote"])
}

// tablePay reads the pay from one column or from several.
func tablePay(r *row, cell map[string]string) {
	if text := cell["salary"]; text != "" {
		if currency := cell["salaryCurrency"]; currency != "" && !strings.ContainsFunc(text, isCurrency) {
			text += " " + currency
		}
		if period := values.Period(cell["salaryPeriod"]); period != "" && values.Period(text) == "" {
			text += " per " + period
		}
		r.payText(text)
		return
	}
	var amounts [2]float64
	for i, field := range []string{"salaryMin", "salaryMax"} {
		if cell[field] == "" {
			continue
		}
		number, ok := values.Number(strings.Trim(cell[field], "$£€ \u00a0"))
		if !ok {
			r.note(field, "%s is no amount", values.Quote(cell[field]))
			return
		}
		amounts[i] = number
	}
	r.pay(amounts[0], amounts[1], cell["salaryCurrency"], cell["salaryPeriod"])
}

// isCurrency reports whether a character is the sign of a currency, or a letter as in the code of one.
func isCurrency(c rune) bool { return unicode.Is(unicode.Sc, c) || unicode.IsUpper(c) && c != 'K' }

// tableStatus reads whether a job is open.
func tableStatus(r *row, text string) {
	switch status := strings.ToLower(values.Text(text)); status {
	case "":
	case "open", "published", "active", "live", "offen", "aktiv", "veröffentlicht":
		r.Values["status"] = "published"
	case "draft", "entwurf":
		r.Values["status"] = "draft"
	case "closed", "filled", "expired", "inactive", "geschlossen", "besetzt", "inaktiv":
		r.closed("it is " + status)
	default:
		r.note("status", "%s is not clear", values.Quote(text))
	}
}
