package formats

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// readLines collects what a text holds: jobs, and refusals as "line: reason".
func readLines(t *testing.T, text io.Reader) (jobs []*Job, refusals []string) {
	t.Helper()
	for job, err := range readJSONLines(text, Options{}) {
		var refusal *Refusal
		switch {
		case errors.As(err, &refusal):
			refusals = append(refusals, refusal.Error())
		case err != nil:
			t.Fatal(err)
		default:
			jobs = append(jobs, job)
		}
	}
	return jobs, refusals
}

func TestJSONLinesGivesAJobPerLine(t *testing.T) {
	jobs, refusals := readLines(t, strings.NewReader("\xef\xbb\xbf"+
		`{"title":"Nurse","company":"Clinic","industry":"Hospital","fields":["Nurse"],"skills":["care"],"salaryMin":1000.5,`+
		`"deadline":"2031-02-03T04:05:06Z","salaryMax":null,"department":"Ward 2"}`+"\n\n  \r\n"+`{"title":"Cook"}`))
	if len(refusals) > 0 || len(jobs) != 2 {
		t.Fatalf("%d jobs, refused %v", len(jobs), refusals)
	}
	nurse := jobs[0]
	if nurse.Line != 1 || nurse.Company != "Clinic" || nurse.Industry != "Hospital" || len(nurse.Fields) != 1 {
		t.Errorf("read %+v", nurse)
	}
	if nurse.Values["title"] != "Nurse" || nurse.Values["salaryMin"] != 1000.5 {
		t.Errorf("values are %v", nurse.Values)
	}
	if value, given := nurse.Values["salaryMax"]; !given || value != nil {
		t.Errorf("null is read as %v, given %v", value, given)
	}
	if _, given := nurse.Values["workplace"]; given {
		t.Error("an absent field has a value")
	}
	if len(nurse.Ignored) != 1 || nurse.Ignored[0] != "department" {
		t.Errorf("ignored %v, want department", nurse.Ignored)
	}
	if jobs[1].Line != 4 || jobs[1].Values["title"] != "Cook" {
		t.Errorf("the second is %+v", jobs[1])
	}
}

func TestJSONLinesRefusesBadRowsOneByOne(t *testing.T) {
	tomorrow := time.Now().Add(24 * time.Hour).Format(time.RFC3339)
	for _, test := range []struct{ name, line, reason string }{
		{"no JSON", `title: Nurse`, "not JSON"},
		{"cut off", `{"title":"Nur`, "not JSON"},
		{"cut off between", `{"title":"Nurse",`, "not JSON"},
		{"a list", `["Nurse"]`, "not a JSON object"},
		{"a number", `7`, "not a JSON object"},
		{"two values", `{"title":"Nurse"} {"title":"Cook"}`, "more than one"},
		{"a key twice", `{"title":"Nurse","title":"Cook"}`, `"title" comes twice`},
		{"an escaped key twice", `{"title":"Nurse","\u0074itle":"Cook"}`, `"title" comes twice`},
		{"bad UTF-8", "{\"title\":\"\xff\xfe\"}", "not UTF-8"},
		{"zero bytes", "\x00\x00\x00", "not JSON"},
		{"10 MB", `{"title":"` + strings.Repeat("x", 10<<20) + `"}`, "longer than"},
		{"deep nesting", `{"locations":` + strings.Repeat("[", 50_000) + strings.Repeat("]", 50_000) + `}`, "depth"},
		{"a title of digits", `{"title":7}`, "title: must be text"},
		{"a company list", `{"company":["a"]}`, "company: must be text"},
		{"a salary in words", `{"salaryMin":"50000"}`, "salaryMin: must be a number"},
		{"an endless salary", `{"salaryMin":1e999}`, "salaryMin: must be a number"},
		{"skills as one text", `{"skills":"go, sql"}`, "skills: must be a list"},
		{"skills of digits", `{"skills":["go",7]}`, "skills: must be text"},
		{"locations as an object", `{"locations":{"city":"Lyon"}}`, "locations: must be a list"},
		{"a deadline in words", `{"deadline":"next week"}`, "deadline: must be a date"},
		{"published tomorrow", `{"publishedAt":"` + tomorrow + `"}`, "publishedAt: must not lie in the future"},
	} {
		t.Run(test.name, func(t *testing.T) {
			jobs, refusals := readLines(t, strings.NewReader(`{"title":"before"}`+"\n"+test.line+"\n"+`{"title":"after"}`+"\n"))
			if len(jobs) != 2 || jobs[0].Values["title"] != "before" || jobs[1].Values["title"] != "after" {
				t.Errorf("%d jobs around the bad row are read, want 2", len(jobs))
			}
			if len(refusals) != 1 || !strings.HasPrefix(refusals[0], "line 2: ") || !strings.Contains(refusals[0], test.reason) {
				t.Errorf("refused %.200v, want line 2: %s", refusals, test.reason)
			}
		})
	}
}

func TestJSONLinesTellsAFaultOfTheFileFromOneOfARow(t *testing.T) {
	broken := io.MultiReader(strings.NewReader("{\"title\":\"Nurse\"}\n{\"tit"), iotest.ErrReader(errors.New("disk gone")))
	var jobs int
	var last error
	for job, err := range readJSONLines(broken, Options{}) {
		if job != nil {
			jobs++
		}
		last = err
	}
	var refusal *Refusal
	if jobs != 1 || last == nil || errors.As(last, &refusal) || !strings.Contains(last.Error(), "disk gone") {
		t.Errorf("%d jobs, then %v; want one job and the fault", jobs, last)
	}
}

func TestJSONLinesReadsNoMoreThanAskedFor(t *testing.T) {
	for range readJSONLines(strings.NewReader("{}\n{}\n{}\n"), Options{}) {
		break // a second value after this would panic
	}
}

func FuzzParseJSONJob(f *testing.F) {
	for _, line := range []string{
		`{}`, `null`, `{"title":null,"skills":[null]}`, `{"a":1,"a":2}`, `{"locations":[{"lat":1e400}]}`, `{"deadline":"0"}`,
		`{"publishedAt":"9999999999999999"}`, `{"title":"\ud800"}`, "\xff",
	} {
		f.Add([]byte(line))
	}
	if file, err := os.Open("../../../../shared/data/jobs-real.jsonl"); err == nil {
		lines := bufio.NewScanner(file)
		lines.Buffer(nil, maxLine)
		for range 20 {
			if lines.Scan() {
				f.Add(bytes.Clone(lines.Bytes()))
			}
		}
		if err := lines.Err(); err != nil {
			f.Fatal(err)
		}
		file.Close()
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		job, refusal := parseJSONJob(line)
		if (job == nil) == (refusal == nil) {
			t.Fatalf("%q gives job %v and refusal %v", line, job, refusal)
		}
		if refusal != nil {
			if refusal.Reason == "" {
				t.Fatalf("%q is refused without a reason", line)
			}
			return
		}
		if !json.Valid(line) {
			t.Fatalf("%q is no JSON but accepted", line)
		}
	})
}
