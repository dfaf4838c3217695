package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
)

// write writes the results as a Markdown page.
func (r *run) write(to io.Writer) error {
	version, err := exec.Command(r.board.Binary, "--version").Output()
	if err != nil {
		return fmt.Errorf("ask for the version: %w", err)
	}
	health := 0.0
	for _, c := range r.classes {
		if c.name == "health" {
			health = median(c.result.cpu)
		}
	}
	var page strings.Builder
	fmt.Fprintf(&page, `# What requests cost

Made by %s with %s, on %s, %s.

The board has %d jobs; %d clients on the same machine send requests of one kind for %v in each of %d rounds. Times and requests a
second are those of a machine that is busy with both. CPU and allocations are those of the board's process, and include what follows
the response, such as indexing. Figures are medians of the rounds.

The last two columns compare with SQLite, which reads and writes the same rows through the same driver without a board around it. A
request can't cost less than HTTP (health) and its SQL together.

| request | as | requests/s | p50 ms | p99 ms | CPU ms | allocations | kB | SQL, CPU ms | CPU ÷ (health + SQL) |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
`, "`make bench`", strings.TrimSpace(string(version)), machine(), runtime.Version(), r.board.Corpus.Jobs, r.clients, r.each, r.rounds)
	for _, c := range r.classes {
		c.result.write(&page, c.name, c.who, health)
	}
	if len(r.delivery.took) > 0 {
		r.delivery.write(&page, "change a status, to the realtime event", employer, health)
	}
	page.WriteString("\n")
	for _, note := range r.notes {
		page.WriteString(note + "\n")
	}
	_, err = io.WriteString(to, page.String())
	return err
}

func (r *result) write(to io.Writer, name, who string, health float64) {
	cpu := median(r.cpu)
	fmt.Fprintf(to, "| %s | %s | %.0f | %.2f | %.2f | %.3f | %.0f | %.0f | ", name, who, median(r.perSecond), r.took.MillisAt(0.5),
		r.took.MillisAt(0.99), cpu, median(r.allocations), median(r.bytes)/1000)
	if len(r.sql) == 0 {
		fmt.Fprintln(to, "– | – |")
		return
	}
	sql := median(r.sql)
	fmt.Fprintf(to, "%.3f | %.1f |\n", sql, cpu/(health+sql))
}

// machine describes the processor.
func machine() string {
	name := runtime.GOARCH
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if found := regexp.MustCompile(`(?m)^model name\s*: (.*)$`).FindSubmatch(info); found != nil {
			name = string(found[1])
		}
	}
	return fmt.Sprintf("%d cores of %s", runtime.NumCPU(), name)
}
