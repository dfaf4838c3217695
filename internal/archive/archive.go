// Package archive writes all data of a board to one zip file, and fills an empty board from it.
//
// An archive holds what people have entered, and what the board must remember so as to do nothing twice. It holds neither what a board
// derives from that, such as search indexes, nor what belongs to one installation: superusers, secrets, mail servers.
//
//	settings.json            the board's name, sender and limits
//	data/users.jsonl         a collection: one JSON object per record, in the order in which the records were made
//	tables/publications.jsonl  a plain table
//	files/users/ID/NAME      an uploaded file
//	manifest.json            what the archive holds; written last, so an incomplete archive has none
package archive

import (
	"time"
)

const (
	formatName    = "jobboard archive"
	formatVersion = 1

	manifestEntry = "manifest.json"
	settingsEntry = "settings.json"
	filesFolder   = "files/"
)

func dataEntry(collection string) string { return "data/" + collection + ".jsonl" }

func tableEntry(table string) string { return "tables/" + table + ".jsonl" }

func fileEntry(collection, record, name string) string {
	return filesFolder + collection + "/" + record + "/" + name
}

// manifest says what an archive holds.
type manifest struct {
	Format  string    `json:"format"`
	Version int       `json:"version"`
	Made    time.Time `json:"made"`
	Program string    `json:"program"` // the version of the program that made it
	Step    string    `json:"step"`    // the board's last migration
	// Collections and Tables are listed in the order in which they were written.
	Collections []collectionEntry `json:"collections"`
	Tables      []tableContent    `json:"tables"`
	Files       int               `json:"files"`
	FileBytes   int64             `json:"fileBytes"`
	// Missing lists the entries of files that records name, but that the board's storage did not have.
	Missing []string `json:"missing"`
}

// rows returns the number of records and of rows of tables.
func (m manifest) rows() int {
	total := 0
	for _, c := range m.Collections {
		total += c.Rows
	}
	for _, t := range m.Tables {
		total += t.Rows
	}
	return total
}

type collectionEntry struct {
	Name   string   `json:"name"`
	Fields []string `json:"fields"`
	Rows   int      `json:"rows"`
}

type tableContent struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
	Rows    int      `json:"rows"`
	// Sequence is the highest number that the table has ever given out, 0 if it gives out none.
	Sequence int64 `json:"sequence,omitempty"`
}

// Progress says how far an export or an import is. The totals are 0 while they are not known.
type Progress struct {
	Rows, TotalRows   int
	Files, TotalFiles int
	FileBytes         int64
	// Missing lists, at the end, the files that records name, but that the storage does not have.
	Missing []string
}
