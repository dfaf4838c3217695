package formats

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// BenchmarkRead reads a long file of each format, and prints rows and bytes a second, and how much memory is in use at most.
func BenchmarkRead(b *testing.B) {
	for _, sample := range samples {
		if sample.format == "jsonld" { // a page is short
			continue
		}
		b.Run(sample.format, func(b *testing.B) {
			raw, err := os.ReadFile(filepath.Join("testdata", sample.file))
			if err != nil {
				b.Fatal(err)
			}
			const size = 16 << 20
			format, err := Find(sample.format)
			if err != nil {
				b.Fatal(err)
			}
			rows, peak := 0, uint64(0)
			for b.Loop() {
				rows = 0
				for job, err := range format.Read(longFile(sample.format, raw, size), Options{}) {
					if err != nil && job != nil {
						b.Fatal(err)
					}
					if rows++; rows%5000 == 0 {
						var memory runtime.MemStats
						runtime.ReadMemStats(&memory)
						peak = max(peak, memory.HeapAlloc)
					}
				}
			}
			b.SetBytes(size)
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(float64(peak)/(1<<20), "MB-heap")
		})
	}
}

// longFile repeats the jobs of a sample.
func longFile(format string, raw []byte, size int) io.Reader {
	between := map[string][2]string{ // what the jobs begin after, and end before
		"greenhouse": {`"jobs": [`, `],` + "\n" + `  "meta"`}, "lever": {"[", "]\n"}, "ashby": {`"jobs": [`, "]\n}\n"},
		"workable":  {`"jobs": [`, "]\n}\n"},
		"recruitee": {`"offers": [`, "]\n}\n"}, "personio": {"<workzag-jobs>", "</workzag-jobs>"}, "indeed": {"</lastBuildDate>", "</source>"},
		"csv": {"Notiz\n", ""},
	}[format]
	begin := bytes.Index(raw, []byte(between[0])) + len(between[0])
	end := len(raw)
	if between[1] != "" {
		end = bytes.LastIndex(raw, []byte(between[1]))
	}
	jobs := string(raw[begin:end])
	comma := ""
	if strings.Contains(string(raw[:begin]), "[") && format != "csv" {
		comma = ","
	}
	return io.MultiReader(bytes.NewReader(raw[:begin]), strings.NewReader(jobs), &endless{text: comma + jobs,
		left: size / len(jobs) * (len(jobs) + len(comma))},
		bytes.NewReader(raw[end:]))
}
