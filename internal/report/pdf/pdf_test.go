package pdf

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-pdf/fpdf"
	"golang.org/x/image/font/sfnt"

	"jobboard/internal/fonts"
)

var made = time.Date(2026, 7, 1, 9, 30, 0, 0, time.UTC)

// names of people and companies in the scripts that the fonts cover.
var names = []string{
	"Zoë Łukasz Ñuñez", "Αλέξανδρος", "Наталья Їжак", "Հայկ", "გიორგი", "דוד בן-גוריון", "محمد عبد الله", "王小明", "田中さくら",
	"김철수", "Nguyễn Thị Hạnh", "臺灣電力", "משרד 42 בעמ", "e\u0301cole",
}

func sample(rows int) Document {
	labels := make([]string, 12)
	first, second := make([]float64, 12), make([]float64, 12)
	for i := range labels {
		labels[i] = time.Date(2026, time.Month(i+1), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
		first[i], second[i] = float64(400+137*i%900), float64(40+31*i%120)
	}
	table := Table{Title: "By employer", Meaning: "Applications submitted in the period, by the job's employer.",
		Note:    "12 more in the CSV.",
		Columns: []Column{{"Employer", 5, false}, {"Applications", 2, true}, {"Answered", 2, true}, {"Median first answer", 3, true}}}
	for i := range rows {
		table.Rows = append(table.Rows, []string{names[i%len(names)] + fmt.Sprintf(" & Sons of the Very Long Company Name %d", i),
			FormatNumber(float64(i*7), 0), "83.1 %", "2.5 days"})
	}
	return Document{Title: "Applications", Board: "Example Board", Made: made,
		Facts: []Fact{{"Period", "1 January 2026 to 30 June 2026 (UTC)"}, {"Employer", strings.Join(names, ", ")}},
		Sections: []Section{
			Figures{{"Applications", "12 345", "Applications submitted in the period."},
				{"Answered", "83.1 %", "Share of the applications that were moved on, refused or hired by the employer."},
				{"Time to first answer", "2.5 days", "Median time from submission to the employer's first move."}, {"Hired", "321",
					"Applications now hired."}},
			Chart{Title: "Applications over time", Meaning: "Applications by month of submission.", Shape: Columns, Labels: labels,
				Series: []Series{{Name: "Applications", Values: first}}},
			Chart{Title: "Submitted and decided", Shape: Lines, Labels: labels,
				Series: []Series{{Name: "Submitted", Values: first}, {Name: "Hired", Values: second}}},
			Chart{Title: "Funnel", Shape: Bars, Labels: []string{"submitted", "in review", "hired"},
				Series: []Series{{Values: []float64{12345, 8000, 321}, Notes: []string{"100 %", "64.8 %", "2.6 %"}}}},
			table,
		}}
}

func write(t testing.TB, doc Document) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, doc); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestSameDocumentMakesSameBytes(t *testing.T) {
	if !bytes.Equal(write(t, sample(30)), write(t, sample(30))) {
		t.Error("two runs differ")
	}
}

// Two reports may be made at once and share the embedded fonts.
func TestDocumentsAreMadeSideBySide(t *testing.T) {
	want := write(t, sample(10))
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			if !bytes.Equal(write(t, sample(10)), want) {
				t.Error("a document made beside others differs")
			}
		})
	}
	group.Wait()
}

// pdftotext extracts text as a viewer does. It is part of poppler-utils; without it the layout tests are skipped.
func pdftotext(t *testing.T, file []byte) []string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed")
	}
	path := filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "-layout", path, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
}

func TestTableRepeatsItsHeadOnEveryPage(t *testing.T) {
	pages := pdftotext(t, write(t, sample(150)))
	if len(pages) < 4 {
		t.Fatalf("150 rows on %d pages", len(pages))
	}
	rows := 0
	for i, page := range pages {
		if !strings.Contains(page, fmt.Sprintf("Page %d of %d", i+1, len(pages))) {
			t.Errorf("page %d has no number:\n%s", i+1, page)
		}
		here := strings.Count(page, "83.1 %")
		if i > 1 && here > 0 && !strings.Contains(page, "Median first answer") {
			t.Errorf("page %d has %d rows and no head", i+1, here)
		}
		rows += here
	}
	if rows != 150+1 { // and the key figure
		t.Errorf("%d rows are shown, want 150", rows-1)
	}
}

func TestNamesInManyScriptsAreShown(t *testing.T) {
	shown := strings.Join(pdftotext(t, write(t, sample(20))), "\n")
	for _, want := range []string{"Zoë Łukasz Ñuñez", "Αλέξανδρος", "Наталья Їжак", "Հայկ", "გიორგი", "王小明", "田中さくら", "김철수",
		"Nguyễn Thị Hạnh", "臺灣電力", "école"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%s is not in the text of the file", want)
		}
	}
	if strings.ContainsRune(shown, fonts.MissingGlyph) {
		t.Error("a character was replaced")
	}
}

func TestRightToLeftSpansAreTurned(t *testing.T) {
	types := newTypesetter(fpdf.New("P", "mm", "A4", ""), func(func(string)) {})
	for text, want := range map[string]string{
		"plain text":         "plain text",
		"דוד & Sons":         "דוד & Sons",
		"אב 42 גד":           "דג 42 בא",
		"אב (גד) Ltd":        "(דג) בא Ltd",
		"GmbH (אב) x":        "GmbH (בא) x",
		"Cafe אב, גד (x)":    "Cafe דג ,בא (x)",
		"سلام":               "\ufee1\ufefc\ufeb3",
		"Łódź 12, אב 3,5 גד": "Łódź 12, דג 3,5 בא",
	} {
		if got := types.visual(text); got != want {
			t.Errorf("visual(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestCharactersWithoutAFontAreTransliteratedOrReplaced(t *testing.T) {
	types := newTypesetter(fpdf.New("P", "mm", "A4", ""), func(func(string)) {})
	for text, want := range map[string]string{
		"สมชาย & Sons":           "smchaay & Sons",
		"नमस्ते राम":             "nmste raam",
		"Rocket 🚀 Ltd":           "Rocket \ufffd Ltd",
		"👩‍👩‍👧‍👦\x00\u202e x\ny": "\ufffd x y",
		"王小明 Zoe\u0308":          "王小明 Zoë",
	} {
		if got := fonts.Transliterate(text, types.knows); got != want {
			t.Errorf("Transliterate(%q) = %q, want %q", text, got, want)
		}
	}
	doc := sample(0)
	doc.Title = "Report 🚀 สมชาย"
	if shown := pdftotext(t, write(t, doc))[0]; !strings.Contains(shown, "Report \ufffd smchaay") {
		t.Errorf("the title is shown as %q", strings.SplitN(shown, "\n", 4))
	}
}

func TestEmptyReportIsAFile(t *testing.T) {
	doc := Document{Title: "Nothing", Made: made, Sections: []Section{
		Figures{}, Chart{Title: "c", Shape: Columns}, Chart{Title: "l", Shape: Lines}, Chart{Title: "b", Shape: Bars}, Table{Title: "t"},
	}}
	if file := write(t, doc); !bytes.HasPrefix(file, []byte("%PDF-")) {
		t.Errorf("begins with %q", file[:min(8, len(file))])
	}
}

func TestPixelFontIsATrueTypeFont(t *testing.T) {
	parsed, err := sfnt.Parse(pixelTTF([]rune("田小王")))
	if err != nil {
		t.Fatal(err)
	}
	var buffer sfnt.Buffer
	for _, r := range "小王田" {
		index, err := parsed.GlyphIndex(&buffer, r)
		if err != nil || index == 0 {
			t.Fatalf("%c has no glyph: %v", r, err)
		}
		segments, err := parsed.LoadGlyph(&buffer, index, 12*64, nil)
		if err != nil || len(segments) == 0 {
			t.Errorf("%c has no outline: %v", r, err)
		}
	}
}

func TestLongTextIsBrokenAndCut(t *testing.T) {
	p := newTestPage(t)
	for _, text := range []string{strings.Repeat("word ", 80), strings.Repeat("x", 400), strings.Repeat("語", 200)} {
		lines := p.text.lines(plain, 8, 40, 3, text)
		if len(lines) != 3 || !strings.HasSuffix(lines[2], "…") {
			t.Errorf("%.10s…: %q", text, lines)
		}
		for _, line := range lines {
			if width := p.text.width(plain, 8, line); width > 40 {
				t.Errorf("line of %.1f mm in 40 mm: %q", width, line)
			}
		}
	}
}

func TestGridLinesAreRound(t *testing.T) {
	for _, tt := range []struct{ largest, step, highest float64 }{
		{0, 1, 4}, {1, 1, 1}, {3, 1, 3}, {7, 2, 8}, {10, 2, 10}, {23, 5, 25}, {100, 20, 100}, {12345, 5000, 15000}, {0.8, 0.2, 0.8},
	} {
		step, highest := scale(tt.largest)
		if math.Abs(step-tt.step) > 1e-9 || math.Abs(highest-tt.highest) > 1e-9 {
			t.Errorf("scale(%v) = %v, %v, want %v, %v", tt.largest, step, highest, tt.step, tt.highest)
		}
	}
}

func TestNumbersAreReadable(t *testing.T) {
	for value, want := range map[float64]string{0: "0", 999: "999", 1000: "1\u00a0000", 1234567: "1\u00a0234\u00a0567",
		1234.567: "1\u00a0234.57", -1500: "-1\u00a0500", -999: "-999"} {
		if got := FormatNumber(value, 2); got != want {
			t.Errorf("number(%v) = %q, want %q", value, got, want)
		}
	}
}

func newTestPage(t *testing.T) *page {
	t.Helper()
	return &page{text: testTypesetter()}
}

func BenchmarkThousandRows(b *testing.B) {
	for range b.N {
		write(b, sample(1000))
	}
}

func testTypesetter() *typesetter {
	t := &typesetter{}
	for i := range t.widths {
		t.widths[i] = map[rune]float64{}
	}
	return t
}
