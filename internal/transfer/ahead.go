package transfer

import (
	"iter"

	"jobboard/internal/transfer/formats"
)

// aheadChunk is how many rows are handed over at once.
const aheadChunk = 32

type readRow struct {
	job *formats.Job
	err error
}

// readAhead returns the same rows, which it reads in the background, some ahead of the caller. The reading has ended when the loop has.
func readAhead(rows iter.Seq2[*formats.Job, error]) iter.Seq2[*formats.Job, error] {
	return func(yield func(*formats.Job, error) bool) {
		chunks, stop := make(chan []readRow, 4), make(chan struct{})
		var panicked any
		go func() {
			defer close(chunks)
			defer func() { panicked = recover() }() // for the caller, who may be able to go on
			var chunk []readRow
			hand := func() bool {
				select {
				case chunks <- chunk:
					chunk = nil
					return true
				case <-stop:
					return false
				}
			}
			for job, err := range rows {
				if chunk = append(chunk, readRow{job, err}); len(chunk) == aheadChunk && !hand() {
					return
				}
			}
			hand()
		}()
		defer func() {
			close(stop)
			for range chunks { // until the reading has ended
			}
			if panicked != nil {
				panic(panicked)
			}
		}()
		for chunk := range chunks {
			for _, row := range chunk {
				if !yield(row.job, row.err) {
					return
				}
			}
		}
	}
}
