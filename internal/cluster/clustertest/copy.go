//go:build unix

package clustertest

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver

	"jobboard/internal/cluster/fingerprint"
)

// open opens the database of a node for reading. It must not be able to write: after a kill it may be the only one that has the database
// open, and would clear away the write-ahead log in the end.
func (n *Node) open() (*sql.DB, error) {
	return sql.Open("sqlite", "file:"+filepath.Join(n.Dir, "data.db")+"?mode=ro&_pragma=busy_timeout(5000)")
}

// Fingerprint returns the hashes of the node's copy as it is now.
func (n *Node) Fingerprint() (trees []fingerprint.Tree, err error) {
	err = n.in(func(tx *sql.Tx) error {
		trees, err = fingerprint.Of(context.Background(), tx, fingerprint.Unpaced)
		return err
	})
	return trees, err
}

// in reads the node's database in one transaction.
func (n *Node) in(do func(tx *sql.Tx) error) error {
	db, err := n.open()
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // it was only read
	tx, err := db.BeginTx(context.Background(), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // it was only read
	return do(tx)
}

// whole returns what is wrong with a copy that shows parts of a transaction: a job that is published without the event of its trigger,
// an event without its number, or damaged pages.
func (n *Node) whole() (wrong string) {
	err := n.in(func(tx *sql.Tx) error {
		var jobs, events, last, numbered int
		err := tx.QueryRow("SELECT (SELECT count(*) FROM jobs WHERE status = 'published'), "+
			"(SELECT count(*) FROM events WHERE type = 'job.published'), (SELECT last FROM event_counter), "+
			"(SELECT coalesce(max(seq), 0) FROM events)").Scan(&jobs, &events, &last, &numbered)
		if err == nil && (jobs != events || last != numbered) {
			wrong = fmt.Sprintf("%d published jobs, %d events of them; the last event is %d, the counter %d", jobs, events, numbered, last)
		}
		return err
	})
	switch {
	case err == nil, strings.Contains(err.Error(), "no such table"), strings.Contains(err.Error(), "unable to open"):
		return wrong // without tables it is a copy that is being built
	}
	return "its database: " + err.Error()
}

// Titles returns how often each title of a job is in the node's copy.
func (n *Node) Titles() map[string]int {
	n.t.Helper()
	titles := map[string]int{}
	err := n.in(func(tx *sql.Tx) error {
		rows, err := tx.Query("SELECT title, count(*) FROM jobs GROUP BY title")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var title string
			var times int
			if err := rows.Scan(&title, &times); err != nil {
				return err
			}
			titles[title] = times
		}
		return rows.Err()
	})
	if err != nil {
		n.t.Fatalf("read the jobs of %s: %v", n.Name, err)
	}
	return titles
}

// AwaitSame waits until all nodes that run have the same copy.
func (c *Cluster) AwaitSame(most time.Duration) {
	c.t.Helper()
	await(c.t, most, func() string {
		var first []fingerprint.Tree
		for i, node := range c.Nodes {
			if !node.Runs() {
				continue
			}
			trees, err := node.Fingerprint()
			if err != nil {
				return fmt.Sprintf("read the copy of %s: %v", node.Name, err)
			}
			if first == nil {
				first = trees
			} else if differences := fingerprint.Compare(first, trees); len(differences) > 0 {
				return fmt.Sprintf("the copies of nodes 1 and %d differ in %v", i+1, fingerprint.Names(differences))
			}
		}
		return ""
	})
}
