package command

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"
)

func TestImportSaysNowAndThenHowFarItIs(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := newImportProgress(&out, "jobs.jsonl", 400, 50)
	if _, err := io.Copy(io.Discard, p.reader(strings.NewReader(strings.Repeat("x", 100)))); err != nil {
		t.Fatal(err)
	}
	p.rows(1050)
	if out.Len() > 0 {
		t.Errorf("after a moment: %q", out.String())
	}
	p.began, p.said = time.Now().Add(-20*time.Second), time.Now().Add(-lineEvery)
	p.rows(2050)
	p.rows(2051)
	for _, want := range []string{"jobs.jsonl: 2000 rows, ", " a second, 25 %, about 1m0s left\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it says %q, not %q", out.String(), want)
		}
	}
	if lines := strings.Count(out.String(), "\n"); lines != 1 {
		t.Errorf("%d lines", lines)
	}
}
