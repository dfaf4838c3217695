package formats

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// describe returns everything that a reader says about a file, a line for each thing.
func describe(t *testing.T, format string, file io.Reader, options Options) string {
	t.Helper()
	f, err := Find(format)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	options.Show = func(shown string) { text.WriteString(shown) }
	for job, err := range f.Read(file, options) {
		var refusal *Refusal
		switch {
		case errors.As(err, &refusal):
			fmt.Fprintf(&text, "refused %s\n", refusal)
		case err != nil:
			fmt.Fprintf(&text, "error %s\n", err)
		default:
			fmt.Fprintf(&text, "line %d\n", job.Line)
			var fields map[string]json.RawMessage
			if err := json.Unmarshal(job.Row(), &fields); err != nil {
				t.Fatal(err)
			}
			for _, field := range slices.Sorted(maps.Keys(fields)) {
				fmt.Fprintf(&text, "  %s: %s\n", field, fields[field])
			}
			if len(job.Defaults) > 0 {
				fmt.Fprintln(&text, "  default", job.Defaults)
			}
			for _, note := range job.Notes {
				fmt.Fprintf(&text, "  note %s: %s\n", note.Field, note.Reason)
			}
			if job.Closed != "" {
				fmt.Fprintln(&text, "  closed:", job.Closed)
			}
			if job.Skipped != "" {
				fmt.Fprintln(&text, "  skipped:", job.Skipped)
			}
			if len(job.Ignored) > 0 {
				fmt.Fprintln(&text, "  ignored:", job.Ignored)
			}
		}
	}
	return text.String()
}

var samples = []struct{ format, file, page string }{
	{"greenhouse", "greenhouse.json", ""},
	{"lever", "lever.json", ""},
	{"ashby", "ashby.json", ""},
	{"workable", "workable.json", ""},
	{"recruitee", "recruitee.json", ""},
	{"personio", "personio.xml", "https://muster.jobs.personio.de/xml?language=de"},
	{"indeed", "indeed.xml", ""},
	{"jsonld", "page.html", "https://wheels.example/jobs"},
	{"csv", "table.csv", ""},
}

// TestFormats reads a file of each format and compares what it says with the file's .want: every field, note, skipped and refused row.
func TestFormats(t *testing.T) {
	for _, sample := range samples {
		t.Run(sample.format, func(t *testing.T) {
			file, err := os.Open(filepath.Join("testdata", sample.file))
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			got := describe(t, sample.format, file, Options{Page: sample.page})
			wantFile := filepath.Join("testdata", sample.format+".want")
			want, err := os.ReadFile(wantFile)
			if os.Getenv("UPDATE") != "" {
				if err := os.WriteFile(wantFile, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			} else if err != nil {
				t.Fatal(err)
			} else if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", sample.file, diff)
			}
		})
	}
}

func TestAMissingQuotationMarkSaysWhichLinesItCosts(t *testing.T) {
	got := describe(t, "csv", strings.NewReader("id,title\n1,A \"B\n2,\"open\n3,C\n4,\"D\"\n5,E\n"), Options{})
	for _, want := range []string{
		"refused line 2: not CSV: bare \" in non-quoted-field\n",
		"refused line 3: not CSV: extraneous or missing \" in quoted-field; everything up to line 5 is taken for one row\n",
		"line 6\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in %s", want, got)
		}
	}
}

func TestDetect(t *testing.T) {
	for _, sample := range samples {
		head, err := os.ReadFile(filepath.Join("testdata", sample.file))
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range [][]byte{head, head[:len(head)*3/4]} {
			if format, ok := Detect(sample.file, part); !ok || format.Name != sample.format {
				t.Errorf("%s is taken for %q", sample.file, format.Name)
			}
		}
	}
	for name, test := range map[string]struct{ head, want string }{
		"a.jsonl":  {"", "jsonl"},
		"a.json":   {`{"externalId":"1"}` + "\n" + `{"externalId":"2"}`, "jsonl"},
		"b.json":   {`{"weather":"fine"}`, ""},
		"c.json":   {`{"@context":"https://schema.org","@type":"JobPosting"}`, "jsonld"},
		"a.tsv":    {"title\tdescription", "csv"},
		"a.xml":    {"<rss></rss>", ""},
		"a.txt":    {"no jobs", ""},
		"b.txt":    {"\"Job Title\";Company;Place\nCook;Diner;Lyon", "csv"},
		"jobs":     {`[{"hostedUrl":"x"}]`, "lever"},
		"lone.htm": {"<!DOCTYPE html><p>", "jsonld"},
	} {
		format, ok := Detect(name, []byte(test.head))
		if format.Name != test.want || ok != (test.want != "") {
			t.Errorf("%s is taken for %q, want %q", name, format.Name, test.want)
		}
	}
}

func TestFilesThatEndTooEarly(t *testing.T) {
	for _, sample := range samples {
		if sample.format == "csv" || sample.format == "jsonld" { // their rows stand alone
			continue
		}
		raw, err := os.ReadFile(filepath.Join("testdata", sample.file))
		if err != nil {
			t.Fatal(err)
		}
		raw = bytes.TrimSpace(raw)
		for _, share := range []int{1, 30, 60, 90, 99} {
			if got := describe(t, sample.format, bytes.NewReader(raw[:len(raw)*share/100]), Options{}); !strings.Contains(got, "error ") {
				t.Errorf("%d%% of %s is read without an error:\n%.300s", share, sample.file, got)
			}
		}
		broken := io.MultiReader(bytes.NewReader(raw[:len(raw)/2]), iotest.ErrReader(errors.New("disk gone")))
		if got := describe(t, sample.format, broken, Options{}); !strings.Contains(got, "disk gone") {
			t.Errorf("a broken disk below %s gives\n%.300s", sample.file, got)
		}
	}
}

func TestFilesOfAnotherFormat(t *testing.T) {
	for _, format := range Names() {
		if format == "jsonl" { // any object may be a row
			continue
		}
		for name, text := range map[string]string{
			"picture": "\x89PNG\r\n\x1a\n\x00\x00", "truth": "true", "object": `{"weather": "fine"}`,
			"no list": `{"jobs": 7, "offers": 7, "data": 7}`,
			"page":    "<html><body>No jobs.</body></html>", "rss": "<rss><item/></rss>", "two": "[] []", "table": "a,b\n1,2\n",
		} {
			got := describe(t, format, strings.NewReader(text), Options{})
			if !strings.Contains(got, "error ") && !strings.Contains(got, "refused ") {
				t.Errorf("a %s is read as %s without an error: %q", name, format, got)
			}
		}
	}
}

// endless repeats a text until more than a number of bytes are read.
type endless struct {
	text string
	left int
	rest string
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	if e.rest == "" {
		e.rest = e.text
	}
	n := copy(p, e.rest)
	e.rest, e.left = e.rest[n:], e.left-n
	return n, nil
}

func TestRowsThatNeverEnd(t *testing.T) {
	for format, beginning := range map[string]string{ // one for each way of reading
		"greenhouse": `{"jobs":[{"content":"`, "csv": "title,description\na,\"", "personio": "<workzag-jobs><position><name>",
	} {
		file := &endless{text: strings.Repeat("xxxxxxxxxx ", 6000), left: 100 << 20}
		got := describe(t, format, io.MultiReader(strings.NewReader(beginning), file), Options{})
		if !strings.Contains(got, "error ") || file.left < 50<<20 {
			t.Errorf("%s reads on until %d MB are left: %.200s", format, file.left>>20, got)
		}
	}
}

func TestLinesAreForgotten(t *testing.T) {
	for _, counts := range []bool{false, true} {
		g, err := newGuard(&endless{text: "\n\n\n\n", left: 1 << 20}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		g.lines = counts
		line, most := 0, 0
		for read, buffer := 0, make([]byte, 1000); err == nil; {
			var n int
			n, err = g.Read(buffer)
			read += n
			if counts {
				line = g.lineAt(int64(read))
			}
			most = max(most, len(g.breaks))
		}
		if want := map[bool]int{true: 1<<20 + 1, false: 0}[counts]; line != want || most > 0 {
			t.Errorf("counting %v: line %d, want %d; %d line breaks are kept", counts, line, want, most)
		}
	}
}

func TestColumns(t *testing.T) {
	const text = "Job Title,Wer sucht,Job Description,Title\nCook,Diner,Cook.,x\n"
	got := describe(t, "csv", strings.NewReader(text), Options{Columns: []string{"Wer sucht=company", "Title="}})
	for _, want := range []string{"Job Title → title", "Wer sucht → company", "Title → (ignored)", `company: "Diner"`, `title: "Cook"`,
		`externalId: "row-`, "No column holds an id"} {
		if !strings.Contains(got, want) {
			t.Errorf("the table gives\n%s, want %q", got, want)
		}
	}
	for given, want := range map[string]string{
		"Wer sucht=firm": `"firm" is none of the fields title, company`, "Wer=company": `no column "Wer"; its columns are "Job Title"`,
		"company": "not of the form",
		"=title":  "not of the form",
	} {
		if got := describe(t, "csv", strings.NewReader(text), Options{Columns: []string{given}}); !strings.Contains(got, want) {
			t.Errorf("--map %q gives %s, want %q", given, got, want)
		}
	}
	if got := describe(t, "csv", strings.NewReader("Firma,Ort\nA,B\n"), Options{}); !strings.Contains(got,
		`no column holds the title; the columns are "Firma", "Ort"`) {
		t.Errorf("a table without titles gives %s", got)
	}
	paid := describe(t, "csv", strings.NewReader("Job,Annual Salary (EUR)\nA,50000-60000\nB,$70k\nC,4\n"), Options{})
	if !strings.Contains(paid, "Annual Salary (EUR) → salary\n") || strings.Count(paid, `salaryPeriod: "year"`) != 2 ||
		strings.Count(paid, `salaryCurrency: "EUR"`) != 1 || !strings.Contains(paid, `salaryCurrency: "USD"`) {
		t.Errorf("a column that names currency and period gives\n%s", paid)
	}
	hinted := describe(t, "csv", strings.NewReader("sep=|\r\ntitle|id|status|skills\nA, b; c|7|Filled|go|x\n"), Options{})
	if !strings.Contains(hinted, `title: "A, b; c"`) || !strings.Contains(hinted, "closed: it is filled") || !strings.Contains(hinted,
		`skills: ["go"]`) {
		t.Errorf("a table that names its separator gives\n%s", hinted)
	}
	for head, want := range map[string]rune{"a,b;c,d": ',', "a;b;c": ';', "a\tb": '\t', `"a,b,c";d`: ';', "a|b|c": '|', "title": ','} {
		if got := delimiter(head + "\nx;;;;"); got != want {
			t.Errorf("%q is separated by %q, want %q", head, got, want)
		}
	}
}

func TestAddressesOfApplications(t *testing.T) {
	for given, want := range map[string]string{
		"https://a.example/job?x=1&y=2": "https://a.example/job?x=1&y=2", "http://a.example/": "https://a.example/", " ": "",
		"https://a.example/it's \"here\"?q=a b": "https://a.example/it%27s%20%22here%22?q=a%20b", "javascript:alert(1)": "", "/jobs/1": "",
		"https://user:pass@a.example/": "", "https://a.example/" + strings.Repeat("x", 3000): "", "mailto:jobs@a.example": "",
	} {
		r := newRow(1, Options{})
		r.applyAt(given)
		if r.ApplyURL != want || (want == "") != (len(r.Notes) > 0) && given != " " {
			t.Errorf("%.60q gives %q with the notes %v, want %q", given, r.ApplyURL, r.Notes, want)
		}
	}
	r := newRow(1, Options{})
	r.applyTo("Jobs <jobs@a.example>")
	r.applyTo("nobody")
	if r.Values["applyEmail"] != "jobs@a.example" || len(r.Notes) != 1 {
		t.Errorf("the e-mail address is %v, the notes %v", r.Values["applyEmail"], r.Notes)
	}
}

func TestRefusedRowsAreReadAgain(t *testing.T) {
	jobs, refusals := readLines(t, strings.NewReader(strings.Join([]string{
		`{"file":"a.json","line":7,"field":"title","reason":"missing","row":{"externalId":"1","title":"Mended"}}`,
		`{"line":8,"reason":"not JSON","row":"{\"externalId\":\"2\",\"title\":\"Text\"}"}`,
		`{"line":9,"reason":"not JSON","row":"{\"externalId\""}`,
		`{"externalId":"3","title":"Job","reason":"mine"}`,
	}, "\n")))
	if len(jobs) != 3 || jobs[0].Values["title"] != "Mended" || jobs[0].Line != 1 || jobs[1].Values["externalId"] != "2" ||
		len(jobs[2].Ignored) != 1 {
		t.Errorf("read %d jobs", len(jobs))
	}
	if len(refusals) != 1 || !strings.Contains(refusals[0], "line 3: not JSON") {
		t.Errorf("refused %v", refusals)
	}
}

func TestJobsOfOneRequisitionAreJoinedNearby(t *testing.T) {
	var text strings.Builder
	text.WriteString("<source>")
	add := func(requisition, city string) {
		fmt.Fprintf(&text,
			"<job><title>T</title><company>C</company><referencenumber>%s-%s</referencenumber><requisitionid>%[1]s</requisitionid>"+
				"<city>%[2]s</city><country>DE</country></job>", requisition, city)
	}
	add("a", "Berlin")
	for n := range joinWithin - 1 {
		add(fmt.Sprint(n), "Bonn")
	}
	add("a", "Hamburg")
	add("b", "Bonn")
	add("c", "Bonn")
	add("a", "Bremen") // too far away: a duplicate
	text.WriteString("</source>")
	jobs := 0
	for job, err := range readIndeed(strings.NewReader(text.String()), Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		const both = "[map[city:Berlin country:DE region:Berlin] map[city:Hamburg country:DE region:Hamburg]]"
		if jobs++; jobs == 1 && fmt.Sprint(job.Values["locations"]) != both {
			t.Errorf("the first job is in %v", job.Values["locations"])
		}
	}
	if want := joinWithin + 3; jobs != want {
		t.Errorf("%d jobs, want %d", jobs, want)
	}
}

func FuzzFormats(f *testing.F) {
	for i, sample := range samples {
		raw, err := os.ReadFile(filepath.Join("testdata", sample.file))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(i, raw)
	}
	for i := range samples {
		for _, text := range []string{"", "{", "[{}]", `{"jobs":[null,1,{}]}`, `{"offers":[{"salary":{"min":1e999}}]}`,
			"<source><job/></source>",
			`[{"@type":"JobPosting","jobLocation":[[]],"baseSalary":{"value":[]},"identifier":[{}]}]`, "title;description\n\"",
			"title,description\n\xff,\x00\n",
			`<script type=application/ld+json>{"@graph":{"@type":"JobPosting"}}`} {
			f.Add(i, []byte(text))
		}
	}
	f.Fuzz(func(t *testing.T, which int, raw []byte) {
		format, err := Find(samples[uint(which)%uint(len(samples))].format)
		if err != nil {
			t.Fatal(err)
		}
		for job, err := range format.Read(bytes.NewReader(raw), Options{}) {
			if (job == nil) == (err == nil) {
				t.Fatalf("a row gives job %v and error %v", job, err)
			}
			if job != nil && !json.Valid(job.Row()) {
				t.Fatalf("a job has no row: %+v", job)
			}
		}
		Detect("x", raw)
	})
}
