// Package fingerprint tells whether two copies of the board's database are the same: it hashes every table and index of a copy.
package fingerprint

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strings"
	"time"
)

// Tree is the hash of one table or index, over all its pages. Copies are made page by page, so those of the same transaction have the
// same pages; comparing these also compares the indexes, which no query of a table would read.
type Tree struct {
	Name  string `json:"name"`
	Pages int64  `json:"pages"`
	Hash  string `json:"hash"`
}

// Querier is a connection or transaction that reads one state of the database.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Unpaced is the share of time of a fingerprint that slows nobody down.
const Unpaced = 1

const (
	pacedPages = 2_000 // between two pauses, some 20 ms of work
	schemaPage = 1
)

// Of returns the hashes of all tables and indexes, in the order of their names. It works for a share of the time, such as 0.5, and pauses
// in between. q must stay at one state of the database.
func Of(ctx context.Context, q Querier, share float64) (trees []Tree, err error) {
	// Free pages are no part of any tree; their contents may differ.
	rows, err := q.QueryContext(ctx, "SELECT s.name, s.pageno, p.data FROM dbstat s CROSS JOIN sqlite_dbpage p ON p.pgno = s.pageno")
	if err != nil {
		return nil, fmt.Errorf("read the pages of the database: %w", err)
	}
	defer func() {
		if closed := rows.Close(); err == nil && closed != nil {
			err = fmt.Errorf("read the pages of the database: %w", closed)
		}
	}()
	sums, counts := map[string]hash.Hash{}, map[string]int64{}
	began := time.Now()
	for read := 1; rows.Next(); read++ {
		var name string
		var number int64
		var page []byte
		if err := rows.Scan(&name, &number, &page); err != nil {
			return nil, fmt.Errorf("read a page of the database: %w", err)
		}
		if number == schemaPage {
			page = withoutCounters(page)
		}
		sum := sums[name]
		if sum == nil {
			sum = sha256.New()
			sums[name] = sum
		}
		fmt.Fprintf(sum, "%d:", number) // a hash takes everything
		sum.Write(page)
		counts[name]++
		if read%pacedPages == 0 {
			if err := pause(ctx, time.Since(began), share); err != nil {
				return nil, err
			}
			began = time.Now()
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the pages of the database: %w", err)
	}
	for name, sum := range sums {
		trees = append(trees, Tree{Name: name, Pages: counts[name], Hash: hex.EncodeToString(sum.Sum(nil)[:16])})
	}
	slices.SortFunc(trees, func(a, b Tree) int { return strings.Compare(a.Name, b.Name) })
	return trees, nil
}

// withoutCounters returns the first page without the fields that say how, when and by which version it was written.
// https://www.sqlite.org/fileformat.html#the_database_header
func withoutCounters(page []byte) []byte {
	if len(page) < 100 {
		return page
	}
	page = slices.Clone(page)
	clear(page[18:20])  // journal mode
	clear(page[24:28])  // change counter
	clear(page[92:100]) // change counter again, and SQLite's version
	return page
}

// pause waits so long that the work before it took only its share of the time.
func pause(ctx context.Context, worked time.Duration, share float64) error {
	if share >= Unpaced {
		return ctx.Err()
	}
	timer := time.NewTimer(time.Duration(float64(worked) * (1 - share) / share))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Difference is a table or index in which two copies differ.
type Difference struct {
	Name        string
	Left, Right *Tree // nil: that copy does not have it
}

// Compare returns in what two copies differ, in the order of the names.
func Compare(left, right []Tree) []Difference {
	var differences []Difference
	rest := map[string]Tree{}
	for _, tree := range right {
		rest[tree.Name] = tree
	}
	for _, tree := range left {
		other, has := rest[tree.Name]
		delete(rest, tree.Name)
		switch {
		case !has:
			differences = append(differences, Difference{Name: tree.Name, Left: &tree})
		case other != tree:
			differences = append(differences, Difference{Name: tree.Name, Left: &tree, Right: &other})
		}
	}
	for _, tree := range rest {
		differences = append(differences, Difference{Name: tree.Name, Right: &tree})
	}
	slices.SortFunc(differences, func(a, b Difference) int { return strings.Compare(a.Name, b.Name) })
	return differences
}

// Names returns the names of the tables and indexes that differ.
func Names(differences []Difference) []string {
	names := make([]string, len(differences))
	for i, difference := range differences {
		names[i] = difference.Name
	}
	return names
}

// QuickCheck returns what SQLite's quick_check says of a copy, and nothing for a sound one.
func QuickCheck(ctx context.Context, q Querier) (complaints []string, err error) {
	rows, err := q.QueryContext(ctx, "PRAGMA quick_check(20)")
	if err != nil {
		return nil, fmt.Errorf("check the database: %w", err)
	}
	defer func() {
		if closed := rows.Close(); err == nil && closed != nil {
			err = fmt.Errorf("check the database: %w", closed)
		}
	}()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return nil, fmt.Errorf("check the database: %w", err)
		}
		if line != "ok" {
			complaints = append(complaints, line)
		}
	}
	return complaints, rows.Err()
}
