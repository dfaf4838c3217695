package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"
)

// report is what one run found.
type report struct {
	hello, rows time.Duration
	classes     []classResult
	gates       []gate
	notes       [][2]string
}

type classResult struct {
	class
	total       int
	quiet, busy durations
	fts         durations
}

type gate struct {
	name, seen, pass string
	ok               bool
}

// The two directions of a gate.
func atMost(seen, pass float64) bool  { return seen <= pass }
func atLeast(seen, pass float64) bool { return seen >= pass }

func (r *report) gate(name string, seen, pass float64, format string, holds func(seen, pass float64) bool) {
	sign := "≤ "
	if holds(1, 0) {
		sign = "≥ "
	}
	r.gates = append(r.gates, gate{name, fmt.Sprintf(format, seen), sign + fmt.Sprint(pass), holds(seen, pass)})
}

func (r *report) note(name, text string) { r.notes = append(r.notes, [2]string{name, text}) }

func (r *report) print(to io.Writer) {
	average, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		average = []byte("unknown")
	}
	fmt.Fprintf(to, "\nload average %s\n\n", strings.TrimSpace(string(average)))
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	if len(r.classes) > 0 {
		fmt.Fprintf(to, "H %.2f ms · R %.2f ms\n\n", millis(r.hello), millis(r.rows))
		r.printClasses(w)
	}
	for _, g := range r.gates {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", g.name, g.seen, g.pass, verdict(g.ok))
	}
	w.Flush()
	fmt.Fprintln(to)
	for _, n := range r.notes {
		fmt.Fprintf(to, "%s: %s\n", n[0], n[1])
	}
}

func (c *classResult) ftsText() string {
	if len(c.fts) == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f", millis(c.fts.at(0.5)))
}

func verdict(ok bool) string {
	if ok {
		return "pass"
	}
	return "FAIL"
}

func (r *report) printClasses(w io.Writer) {
	fmt.Fprintln(w, "class\tjobs\tp50 ms\tp99\t÷ R\tgate\tp50 busy\tp99 busy\tFTS5 p50\t")
	for _, c := range r.classes {
		limit, ok := "–", true
		if c.ratio > 0 {
			limit, ok = fmt.Sprintf("≤ %.0f R", c.ratio), ratio(c.quiet.at(0.5), r.rows) <= c.ratio
		}
		if c.within > 0 {
			limit += fmt.Sprintf(", %.0f ms", millis(c.within))
			ok = ok && c.quiet.at(0.5) <= c.within
		}
		fmt.Fprintf(w, "%s\t%d\t%.2f\t%.2f\t%.2f\t%s\t%.2f\t%.2f\t%s\t%s\n", c.name, c.total, millis(c.quiet.at(0.5)), millis(c.quiet.at(0.99)),
			ratio(c.quiet.at(0.5), r.rows), limit, millis(c.busy.at(0.5)), millis(c.busy.at(0.99)), c.ftsText(),
			verdict(ok && c.busy.at(0.99) <= mostP99))
	}
	fmt.Fprintln(w, "\t\t\t\t\t\t\t\t\t")
}
