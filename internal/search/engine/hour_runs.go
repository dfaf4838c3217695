package engine

import "slices"

// hourRuns is the run-length encoded hour of publication of a segment's documents. Documents are sorted by time, so the
// encoding is short, and a scan from the newest to the oldest stays in one run for a while.
type hourRuns struct {
	first []uint32 // first document of each run
	hour  []float64
}

func hourRunsOf(published []float64) hourRuns {
	var r hourRuns
	for doc, millis := range published {
		if hour := hourOf(millis); len(r.hour) == 0 || hour != r.hour[len(r.hour)-1] {
			r.first = append(r.first, uint32(doc))
			r.hour = append(r.hour, hour)
		}
	}
	r.first, r.hour = slices.Clip(r.first), slices.Clip(r.hour)
	return r
}
