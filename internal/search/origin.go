package search

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// originEntries is how many entries of the log are compared to distinguish databases.
const originEntries = 64

// origin identifies the database from which an index in the bucket was made. The number of the last entry of the log alone does not:
// after a failover or a restored backup, other entries may have the same numbers.
type origin struct {
	Board   string `json:"board"`   // when its first migration was applied
	Since   int64  `json:"since"`   // the first of the entries
	Seq     int64  `json:"seq"`     // the last of them, which is the last that the index contains
	Entries string `json:"entries"` // their hash; "": the log no longer has the last one
}

// originOf returns the origin of an index that contains the log up to seq.
func originOf(app core.App, kind *Kind, seq int64) (origin, error) {
	o := origin{Seq: seq, Since: max(1, seq-originEntries+1)}
	err := app.DB().NewQuery("SELECT coalesce(min(applied), 0) FROM _migrations").Row(&o.Board)
	if err != nil {
		return origin{}, fmt.Errorf("read when the board was created: %w", err)
	}
	o.Since, o.Entries, err = hashEntries(app, kind, o.Since, seq)
	return o, err
}

// hashEntries returns the hash of the entries that the log has in a range, and the first of them.
func hashEntries(app core.App, kind *Kind, since, seq int64) (first int64, hash string, err error) {
	var rows []struct {
		Seq    int64  `db:"seq"`
		Record string `db:"record"`
	}
	err = app.DB().NewQuery("SELECT seq, record FROM " + kind.log + " WHERE seq BETWEEN {:since} AND {:seq} ORDER BY seq").
		Bind(dbx.Params{"since": since, "seq": seq}).All(&rows)
	if err != nil {
		return 0, "", fmt.Errorf("read the search log: %w", err)
	}
	if len(rows) == 0 || rows[len(rows)-1].Seq != seq {
		return since, "", nil
	}
	sum := sha256.New()
	for _, row := range rows {
		fmt.Fprintf(sum, "%d %q\n", row.Seq, row.Record)
	}
	return rows[0].Seq, hex.EncodeToString(sum.Sum(nil)), nil
}

// fits reports whether an index of that origin can be used with an app's database: its log has the same entries, and continues there.
func (o origin) fits(app core.App, kind *Kind) (bool, error) {
	here, err := originOf(app, kind, o.Seq)
	if err != nil || here.Board != o.Board || here.Entries == "" || here.Since > o.Since {
		return false, err
	}
	_, hash, err := hashEntries(app, kind, o.Since, o.Seq)
	return hash == o.Entries, err
}
