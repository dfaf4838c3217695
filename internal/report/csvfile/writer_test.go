package csvfile

import (
	"bytes"
	"encoding/csv"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestFileIsRFC4180(t *testing.T) {
	var out bytes.Buffer
	w, err := NewWriter(&out, false, "title", "count", "share", "at")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 1, 1, 30, 0, 0, time.FixedZone("Oslo", 3600))
	if err := w.Write("Cook, \"grill\"\nand bar", int64(3), 0.25, at); err != nil {
		t.Fatal(err)
	}
	if err := w.Write("", nil, 7, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	want := "title,count,share,at\r\n" +
		"\"Cook, \"\"grill\"\"\r\nand bar\",3,0.25,2026-03-01T00:30:00Z\r\n" +
		",,7,\r\n"
	if out.String() != want {
		t.Errorf("got  %q\nwant %q", out.String(), want)
	}
	if w.Rows() != 2 {
		t.Errorf("Rows() = %d, want 2", w.Rows())
	}
}

// LibreOffice (7.4) reads 2026-03-01T00:30:00Z as text, and without the Z as a date and time.
func TestSpreadsheetsGetAByteOrderMarkAndTheirKindOfTime(t *testing.T) {
	for spreadsheet, want := range map[bool]string{true: "\xef\xbb\xbfat\r\n2026-03-01T00:30:00\r\n",
		false: "at\r\n2026-03-01T00:30:00Z\r\n"} {
		var out bytes.Buffer
		w, err := NewWriter(&out, spreadsheet, "at")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(time.Date(2026, 3, 1, 0, 30, 0, 0, time.UTC)); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if out.String() != want {
			t.Errorf("spreadsheet %v: %q, want %q", spreadsheet, out.String(), want)
		}
	}
}

func TestFormulasAreEscaped(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"},
		{"+49 30 1234", "'+49 30 1234"},
		{"-1+1", "'-1+1"},
		{"@SUM(A1)", "'@SUM(A1)"},
		{"\t=1", "'\t=1"},
		{"\r=1", "'\r=1"},
		{"\n=1", "'\n=1"},
		{"  =1", "'  =1"},
		{"＝1+1", "'＝1+1"},
		{"C++ developer", "C++ developer"},
		{"a=b", "a=b"},
		{"Łódź", "Łódź"},
		{"   ", "   "},
		{"", ""},
	} {
		if got := EscapeFormula(tt.text); got != tt.want {
			t.Errorf("EscapeFormula(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestNumbersStayNumbers(t *testing.T) {
	var out bytes.Buffer
	w, _ := NewWriter(&out, false, "n", "x", "yes")
	if err := w.Write(-3, -0.5, true); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if want := "n,x,yes\r\n-3,-0.5,true\r\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestRowsThatDoNotFitAreRefused(t *testing.T) {
	w, _ := NewWriter(io.Discard, false, "a", "b")
	if err := w.Write("only one"); err == nil {
		t.Error("a short row was accepted")
	}
	if err := w.Write("a", struct{}{}); err == nil {
		t.Error("a value without a CSV form was accepted")
	}
}

func FuzzCellsComeBack(f *testing.F) {
	f.Add("=1", "x\r\ny")
	f.Add("\"", ",")
	f.Fuzz(func(t *testing.T, a, b string) {
		var out bytes.Buffer
		w, err := NewWriter(&out, false, "a", "b")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(a, b); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&out).ReadAll()
		if err != nil {
			t.Fatalf("not readable: %v", err)
		}
		// A carriage return is no character of its own in a CSV line end.
		plain := func(s string) string { return strings.ReplaceAll(s, "\r", "") }
		if len(rows) != 2 || plain(rows[1][0]) != plain(EscapeFormula(a)) || plain(rows[1][1]) != plain(EscapeFormula(b)) {
			t.Errorf("%q came back as %q", []string{a, b}, rows)
		}
	})
}

// A million rows must not need more memory than a thousand: the test measures the live heap after the run.
func TestMemoryDoesNotGrowWithRows(t *testing.T) {
	alive := func(rows int) uint64 {
		w, err := NewWriter(io.Discard, true, "id", "title", "count")
		if err != nil {
			t.Fatal(err)
		}
		var peak uint64
		var stats runtime.MemStats
		for i := range rows {
			if err := w.Write("0123456789abcde", "Senior engineer, =remote", i); err != nil {
				t.Fatal(err)
			}
			if i%(rows/4) == 0 {
				runtime.GC()
				runtime.ReadMemStats(&stats)
				peak = max(peak, stats.HeapAlloc)
			}
		}
		return peak
	}
	small, large := alive(1_000), alive(1_000_000)
	if large > small+256*1024 {
		t.Errorf("heap with a million rows %d B, with a thousand %d B", large, small)
	}
}

func BenchmarkMillionRows(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		w, err := NewWriter(io.Discard, true, "id", "title", "employer", "applications", "share", "at")
		if err != nil {
			b.Fatal(err)
		}
		at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		for i := range 1_000_000 {
			if err := w.Write("0123456789abcde", "Senior engineer, =remote", "Ünïcode GmbH", i, 0.125, at); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			b.Fatal(err)
		}
	}
}
