package values

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

func TestParsePay(t *testing.T) {
	for text, want := range map[string]string{
		"$80k-100k":                       "80000-100000 USD a year",
		"$80-100k":                        "80000-100000 USD a year",
		"80K – 100K USD":                  "80000-100000 USD a year",
		"30 €/h":                          "30-30 EUR a hour",
		"30,50 € pro Stunde":              "30.5-30.5 EUR a hour",
		"£45,000 per annum":               "45000-45000 GBP a year",
		"£45,000 p.a.":                    "45000-45000 GBP a year",
		"bis zu 60.000 EUR":               "0-60000 EUR a year",
		"ab 3.200 € brutto im Monat":      "3200-0 EUR a month",
		"50 000 - 60 000 EUR":             "50000-60000 EUR a year",
		"CHF 90'000 – 110'000":            "90000-110000 CHF a year",
		"50000 - 60000 EUR per year":      "50000-60000 EUR a year",
		"up to 70000 EUR per year":        "0-70000 EUR a year",
		"US$20/hr":                        "20-20 USD a hour",
		"$15 an hour":                     "15-15 USD a hour",
		"35k€ par an":                     "35000-35000 EUR a year",
		"$120,000+":                       "120000-0 USD a year",
		"C$65,000.50":                     "65000.5-65000.5 CAD a year",
		"A$ 90,000 AUD":                   "90000-90000 AUD a year",
		"18000 PLN / month":               "18000-18000 PLN a month",
		"30000-40000":                     "30000-40000",
		"0-34300":                         "0-34300",
		"Salary: 45.000 EUR, depending":   "45000-45000 EUR a year",
		"45.000 - 55.000 € p.a.":          "45000-55000 EUR a year",
		"EUR 45,000-55,000 yearly":        "45000-55000 EUR a year",
		"CHF 6'500.- pro Monat":           "6500-6500 CHF a month",
		"$25.50/hr - $30/hr":              "25.5-30 USD a hour",
		"£30k - £40k + bonus":             "30000-40000 GBP a year",
		"GBP 500 per day":                 "500-500 GBP a day",
		"60-80k":                          "60000-80000",
		"USD 100K/yr":                     "100000-100000 USD a year",
		"450 € Tagessatz":                 "450-450 EUR a day",
		"€ 1.234,56 monthly":              "1234.56-1234.56 EUR a month",
		"from 25 to 35 GBP an hour, plus": "25-35 GBP a hour",
	} {
		pay, reason := ParsePay(text)
		if reason != "" || pay.String() != want {
			t.Errorf("%q is %s (%s), want %s", text, pay, reason, want)
		}
	}
	for text, want := range map[string]string{
		"18.50 a month":           "not plausible for a month",
		"9-Dec":                   "not clear",
		"competitive":             "no amount",
		"60-80":                   "no period",
		"1600-1700":               "no period",
		"120000-15000000":         "too wide",
		"$ 50 or € 45 an hour":    "two currencies",
		"30 € an hour, 5000/year": "two periods",
		"1, 2 or 3 € an hour":     "more than two",
		"350 kr/h":                "currency that is not clear",
		"¥5,000,000":              "currency that is not clear",
		"10% of sales":            "not clear",
		"100000-80000 EUR":        "most below its least",
		"9e99 EUR":                "more than two|not clear|no period",
		"$99999999999 a year":     "not plausible",
		strings.Repeat("9", 400):  "too long",
	} {
		pay, reason := ParsePay(text)
		found := false
		for option := range strings.SplitSeq(want, "|") {
			found = found || strings.Contains(reason, option)
		}
		if pay != (Pay{}) || !found {
			t.Errorf("%.40q is %s (%s), want nothing and %q", text, pay, reason, want)
		}
	}
	for _, text := range []string{"", " ", "0-0", "0"} {
		if pay, reason := ParsePay(text); pay != (Pay{}) || reason != "" {
			t.Errorf("%q is %s (%s), want nothing", text, pay, reason)
		}
	}
}

func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"FULL_TIME": "full_time", "FullTime": "full_time", "fulltime_permanent": "full_time", "Full-time": "full_time",
		"permanent full-time":         "full_time",
		"permanent full-or-part-time": "full_time", "Vollzeit oder Teilzeit": "full_time", "PART_TIME": "part_time",
		"parttime_fixed_term": "part_time",
		"fulltime_fixed_term": "full_time", "CONTRACTOR": "contract", "Contract": "contract", "Freelance": "contract",
		"Permanent contract": "full_time",
		"unbefristet":        "full_time", "befristet": "temporary", "TEMPORARY": "temporary", "PER_DIEM": "temporary", "INTERN": "internship",
		"Internship (6 months)": "internship", "Werkstudent": "part_time", "VOLUNTEER": "volunteer", "OTHER": "", "": "", "International": "",
		"Regular Full Time (Salary)": "full_time", "Praktikum": "internship",
	} {
		if got := JobType(text); got != want {
			t.Errorf("JobType(%q) = %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"OnSite": "on_site", "on-site": "on_site", "Remote": "remote", "TELECOMMUTE": "remote", "Hybrid remote": "hybrid",
		"Fully remote": "remote",
		"Homeoffice":   "remote", "unspecified": "", "Berlin": "", "not remote": "on_site", "Hybrid": "hybrid",
	} {
		if got, _ := Workplace(text); got != want {
			t.Errorf("Workplace(%q) = %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"Entry level": "entry", "Associate": "entry", "Mid-Senior level": "mid", "Director": "executive", "Executive": "executive",
		"Internship":     "internship",
		"Not Applicable": "", "experienced": "mid", "entry-level": "entry", "Junior": "entry", "Senior": "senior", "mid_level": "mid",
		"manager": "lead",
		"Lead":    "lead", "student": "entry", "5+ years": "",
	} {
		if got := Level(text); got != want {
			t.Errorf("Level(%q) = %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"per-year-salary": "year", "per-hour-wage": "hour", "1 YEAR": "year", "MONTH": "month", "yearly": "year", "one-time": "",
		"bi-month-salary": "", "semi-month-salary": "", "2 WEEKS": "",
		"hour or day": "",
	} {
		if got := Period(text); got != want {
			t.Errorf("Period(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestParseDate(t *testing.T) {
	for text, want := range map[string]string{
		"2026-03-04T05:06:07Z": "2026-03-04T05:06:07Z", "2026-03-04T05:06:07-05:00": "2026-03-04T10:06:07Z",
		"2026-03-04T05:06:07+0000": "2026-03-04T05:06:07Z",
		"2026-03-04 05:06:07 UTC":  "2026-03-04T05:06:07Z", "2026-03-04 05:06:07.000Z": "2026-03-04T05:06:07Z", "2026-03-04": "day 2026-03-04",
		"Wed, 04 Mar 2026 05:06:07 GMT": "2026-03-04T05:06:07Z", "04.03.2026": "day 2026-03-04", "4 March 2026": "day 2026-03-04",
		"March 4, 2026": "day 2026-03-04", "31/12/2026": "day 2026-12-31", "12/31/2026": "day 2026-12-31",
		"1772600767000": "2026-03-04T05:06:07Z",
		"4. März 2026":  "day 2026-03-04",
	} {
		date, reason := ParseDate(text)
		got := date.Time.Format(time.RFC3339)
		if date.Day {
			got = "day " + date.Time.Format(time.DateOnly)
		}
		if got != want || reason != "" {
			t.Errorf("%q is %s (%s), want %s", text, got, reason, want)
		}
	}
	for text, want := range map[string]string{
		"03/04/2026": "two dates", "soon": "no date", "0001-01-01": "no plausible date", "99/99/2026": "no date", strings.Repeat("1",
			99): "no date",
	} {
		if date, reason := ParseDate(text); !date.Time.IsZero() || !strings.Contains(reason, want) {
			t.Errorf("%.30q is %v (%s), want %q", text, date, reason, want)
		}
	}
}

func TestHTML(t *testing.T) {
	for text, want := range map[string]string{
		"":                                     "",
		"  &nbsp; ":                            "",
		"<p> </p><br>":                         "",
		"AT&amp;T & Co":                        "<p>AT&amp;T &amp; Co</p>",
		"One\ntwo\n\n- a\n- b\nEnd":            "<p>One<br>two</p><ul><li>a</li><li>b</li></ul><p>End</p>",
		"<p>Hi</p>":                            "<p>Hi</p>",
		"&lt;p&gt;R&amp;amp;D&lt;/p&gt;":       "<p>R&amp;D</p>",
		"&amp;lt;p&amp;gt;A&amp;lt;/p&amp;gt;": "<p>A</p>",
		"<![CDATA[<b>x</b>]]>":                 "<b>x</b>",
		"<p onclick=x>a<script>b</script>":     "<p>a</p>",
		`<a href="javascript:x">a</a> <a href="https://x.example/?a=1&b=2" rel=x>b</a>`: `<a>a</a> ` +
			`<a href="https://x.example/?a=1&amp;b=2">b</a>`,
		"<h1>T</h1><div><div>x</div><p></p></div>":                        "<h2>T</h2><p>x</p>",
		"<html><head><title>x</title></head><body><p>y</p></body></html>": "<p>y</p>",
		"a < b and c > d":     "<p>a &lt; b and c &gt; d</p>",
		"<li>one</li><li>two": "<li>one</li><li>two</li>",
	} {
		if got := HTML(text); got != want {
			t.Errorf("HTML(%q) =\n%q, want\n%q", text, got, want)
		}
	}
	got := Sections(Section{"", "Intro"}, Section{"Your tasks", "<li>a</li>"}, Section{"Empty", " "})
	if want := "<p>Intro</p><h3>Your tasks</h3><ul><li>a</li></ul>"; got != want {
		t.Errorf("Sections = %q, want %q", got, want)
	}
	if deep := HTML(strings.Repeat("<div>", 5000) + "x"); len(deep) > 100 {
		t.Errorf("deep HTML gives %d bytes", len(deep))
	}
}

func TestUTF8(t *testing.T) {
	umlauts := strings.Repeat("plain ", 20_000) + "Köln – 50 €"
	wide := func(order binary.AppendByteOrder, mark string) string {
		raw := []byte(mark)
		for _, unit := range utf16.Encode([]rune("Köln")) {
			raw = order.AppendUint16(raw, unit)
		}
		return string(raw)
	}
	for name, test := range map[string]struct{ raw, contentType, want string }{
		"late UTF-8":            {umlauts, "", umlauts},
		"long UTF-8":            {strings.Repeat("ä€", 50_000), "", strings.Repeat("ä€", 50_000)},
		"UTF-8 with a mark":     {"\xef\xbb\xbfKöln", "", "Köln"},
		"UTF-16":                {wide(binary.LittleEndian, "\xff\xfe"), "", "Köln"},
		"UTF-16, big end":       {wide(binary.BigEndian, "\xfe\xff"), "", "Köln"},
		"late Windows-1252":     {strings.Repeat("plain ", 20_000) + "K\xf6ln \x80", "", strings.Repeat("plain ", 20_000) + "Köln €"},
		"declared by server":    {"\xcf\xf0\xe8", "text/csv; charset=windows-1251", "При"},
		"declared in XML":       {`<?xml version="1.0" encoding="ISO-8859-2"?>` + "\xb3", "", `<?xml version="1.0" encoding="ISO-8859-2"?>ł`},
		"declared, not true":    {`<?xml version="1.0" encoding="UTF-8"?>` + "K\xf6ln", "", `<?xml version="1.0" encoding="UTF-8"?>Köln`},
		"declared in a page":    {`<meta charset="iso-8859-15">` + "\xa4", "", `<meta charset="iso-8859-15">€`},
		"nothing":               {"", "", ""},
		"half of a character":   {"K\xc3", "", "KÃ"},
		"declared Windows-1252": {"\x80", "text/csv; charset=windows-1252", "€"},
	} {
		reader, err := UTF8(strings.NewReader(test.raw), test.contentType)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := io.ReadAll(reader)
		if err != nil || string(got) != test.want {
			t.Errorf("%s: %.60q (%v), want %.60q", name, got, err, test.want)
		}
	}
	if _, err := UTF8(strings.NewReader(`<?xml version="1.0" encoding="klingon"?>`), ""); err == nil {
		t.Error("an unknown encoding is no error")
	}
}

func FuzzParsePay(f *testing.F) {
	for _, text := range []string{"$80k-100k", "30 €/h", "1.2.3,4 EUR", "99999999999999999999", "k k k", "5 5 5", "-", "€", "12'34",
		"1\u00a0000 zł"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		pay, reason := ParsePay(text)
		if reason != "" && pay != (Pay{}) {
			t.Errorf("%q is both %s and unclear: %s", text, pay, reason)
		}
		if pay.Min < 0 || pay.Max < 0 || pay.Min > 1e12 || pay.Max > 1e12 || pay.Min > 0 && pay.Max > 0 && pay.Min > pay.Max {
			t.Errorf("%q is %s", text, pay)
		}
		if pay.Currency != "" && Currency(pay.Currency) != pay.Currency {
			t.Errorf("%q is in %q", text, pay.Currency)
		}
	})
}

func FuzzHTML(f *testing.F) {
	for _, text := range []string{"<p>a", "&lt;b&gt;", "<![CDATA[", "<table><tr><p>", "<a href='JAVASCRIPT:x'>", "- a\n1. b", "\xff<li>",
		"<svg><p>x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := HTML(text)
		if !utf8.ValidString(got) || strings.Contains(strings.ToLower(got), "<script") || strings.Contains(got, "<![CDATA[") {
			t.Errorf("%q gives %q", text, got)
		}
	})
}

func FuzzUTF8(f *testing.F) {
	for _, raw := range []string{"\xff\xfe", "\xef\xbb\xbf", "a\xc3", `<?xml encoding="utf-16"?>`, "\x00\x01"} {
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		reader, err := UTF8(bytes.NewReader(raw), "")
		if err != nil {
			return
		}
		if text, err := io.ReadAll(reader); err == nil && utf8.Valid(raw) && !bytes.Contains(raw, []byte("encoding")) && bytes.HasPrefix(raw,
			[]byte("a")) &&
			!utf8.Valid(text) {
			t.Errorf("%q gives %q", raw, text)
		}
	})
}

func FuzzParseDate(f *testing.F) {
	for _, text := range []string{"2026-03-04", "03/04/2026", "1772600767000", "31.12.2026", "Mon, 2 Jan 2006 15:04:05 MST"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if date, reason := ParseDate(text); reason == "" && !date.Time.IsZero() && (date.Time.Year() < 1990 || date.Time.Year() > 2100) {
			t.Errorf("%q is %v", text, date)
		}
	})
}
