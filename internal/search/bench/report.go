package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"jobboard/internal/benchboard"
)

// report has the results of one run.
type report struct {
	health, rows time.Duration
	w            time.Duration // 0: not taken
	classes      []classResult
	gates        []gate
	notes        [][2]string
}

type classResult struct {
	class
	total      int
	idle, busy benchboard.Durations
	fts        benchboard.Durations
}

type gate struct {
	name            string
	measured, bound float64
	format          string
	compare         func(seen, pass float64) bool
	absolute        bool // in absolute time, or in work per time: depends on the machine
}

// atMost and atLeast are the two directions of a gate.
func atMost(seen, pass float64) bool  { return seen <= pass }
func atLeast(seen, pass float64) bool { return seen >= pass }

// gate adds a gate that does not depend on the machine, such as a ratio.
func (r *report) gate(name string, seen, pass float64, format string, holds func(seen, pass float64) bool) {
	r.gates = append(r.gates, gate{name, seen, pass, format, holds, false})
}

// timeGate adds a gate in absolute time, or in work per time.
func (r *report) timeGate(name string, seen, pass float64, format string, holds func(seen, pass float64) bool) {
	r.gates = append(r.gates, gate{name, seen, pass, format, holds, true})
}

// isUpperBound reports whether the gate is an upper bound.
func (g gate) isUpperBound() bool { return !g.compare(1, 0) }

// passesAt reports whether the gate is passed on a machine that is so many times slower than the one where the gates were set.
func (g gate) passesAt(slower float64) bool {
	switch {
	case !g.absolute:
		return g.compare(g.measured, g.bound)
	case g.isUpperBound():
		return g.compare(g.measured/slower, g.bound)
	default:
		return g.compare(g.measured*slower, g.bound)
	}
}

func (g gate) limit() string {
	if g.isUpperBound() {
		return "≤ " + fmt.Sprint(g.bound)
	}
	return "≥ " + fmt.Sprint(g.bound)
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
		fmt.Fprintf(to, "H %.2f ms · R %.2f ms · W %.0f ms, where the gates were set %.0f: this machine is %.1f times slower\n\n",
			benchboard.Millis(r.health), benchboard.Millis(r.rows), benchboard.Millis(r.w), benchboard.Millis(referenceW), r.slowdown())
		r.printClasses(w)
	}
	for _, g := range r.gates {
		fmt.Fprintf(w, "%s\t"+g.format+"\t%s\t%s\n", g.name, g.measured, g.limit(), r.verdict(g.passesAt))
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
	return fmt.Sprintf("%.1f", c.fts.MillisAt(0.5))
}

// verdict returns "by W" for what passes only when the times are scaled to the machine where the gates were set.
func (r *report) verdict(holds func(slower float64) bool) string {
	switch {
	case holds(1):
		return "pass"
	case holds(r.slowdown()):
		return "by W"
	}
	return "FAIL"
}

func (r *report) printClasses(w io.Writer) {
	fmt.Fprintln(w, "class\tjobs\tp50 ms\tp99\t÷ R\tgate\tp50 busy\tp99 busy\tFTS5 p50\t")
	for _, c := range r.classes {
		limit := "–"
		if c.ratio > 0 {
			limit = fmt.Sprintf("≤ %.0f R", c.ratio)
		}
		if c.maxP50 > 0 {
			limit += fmt.Sprintf(", %.0f ms", benchboard.Millis(c.maxP50))
		}
		holds := func(slower float64) bool {
			within := func(took, limit time.Duration) bool { return limit == 0 || float64(took) <= float64(limit)*slower }
			return (c.ratio == 0 || ratio(c.idle.At(0.5), r.rows) <= c.ratio) && within(c.idle.At(0.5), c.maxP50) &&
				within(c.busy.At(0.99), maxP99)
		}
		fmt.Fprintf(w, "%s\t%d\t%.2f\t%.2f\t%.2f\t%s\t%.2f\t%.2f\t%s\t%s\n", c.name, c.total, c.idle.MillisAt(0.5),
			c.idle.MillisAt(0.99), ratio(c.idle.At(0.5), r.rows), limit, c.busy.MillisAt(0.5), c.busy.MillisAt(0.99),
			c.ftsText(), r.verdict(holds))
	}
	fmt.Fprintln(w, "\t\t\t\t\t\t\t\t\t")
}
