// Package migrations is the past of the data: one frozen step per file, applied in order, never edited once merged.
//
// Steps import nothing of the project, so yesterday's step can't change with today's code.
package migrations
