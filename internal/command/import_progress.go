package command

import (
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/schollz/progressbar/v3"
)

// lineEvery is how often an import that no terminal shows says how far it is.
const lineEvery = 10 * time.Second

// importProgress shows how many rows of a file are done, how many a second, and how long the rest takes: in a terminal as a bar, else as
// a line now and then.
type importProgress struct {
	out    io.Writer
	name   string
	size   int64 // of the file, 0 if it is unknown
	before int   // rows of earlier files
	bytes  atomic.Int64
	bar    *progressbar.ProgressBar
	began  time.Time
	said   time.Time
}

func newImportProgress(out io.Writer, name string, size int64, before int) *importProgress {
	p := &importProgress{out: out, name: name, size: size, before: before, began: time.Now(), said: time.Now()}
	if isTerminal(out) {
		if size == 0 {
			size = -1
		}
		p.bar = progressbar.NewOptions64(size, progressbar.OptionSetWriter(out), progressbar.OptionShowBytes(true),
			progressbar.OptionSetDescription(name), progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(true))
	}
	return p
}

// reader returns what reads a file and counts the bytes.
func (p *importProgress) reader(from io.Reader) io.Reader { return &countedReader{from, p} }

type countedReader struct {
	io.Reader
	progress *importProgress
}

// Read reads, and moves the bar.
func (r *countedReader) Read(into []byte) (int, error) {
	n, err := r.Reader.Read(into)
	r.progress.bytes.Add(int64(n))
	if r.progress.bar != nil {
		_ = r.progress.bar.Add(n) // a bar that can't be drawn is no reason to stop
	}
	return n, err
}

// rows is told how many rows of all files are done.
func (p *importProgress) rows(done int) {
	switch {
	case p.bar != nil:
		p.bar.Describe(fmt.Sprintf("%s, %d rows, %d/s", p.name, done-p.before, p.rate(done)))
	case time.Since(p.said) >= lineEvery:
		p.said = time.Now()
		fmt.Fprintln(p.out, p.text(done))
	}
}

func (p *importProgress) rate(done int) int {
	return int(float64(done-p.before) / max(time.Since(p.began), time.Millisecond).Seconds())
}

func (p *importProgress) text(done int) string {
	text := fmt.Sprintf("%s: %d rows, %d a second", p.name, done-p.before, p.rate(done))
	if read := p.bytes.Load(); read > 0 && p.size > 0 {
		elapsed := time.Since(p.began)
		left := time.Duration(float64(elapsed) * float64(p.size-read) / float64(read))
		text += fmt.Sprintf(", %d %%, about %s left", 100*read/p.size, max(left, 0).Round(time.Second))
	}
	return text
}
