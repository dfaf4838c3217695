package jobstats

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
)

// saltOf returns the salt of today. The first time on a day it makes one, and deletes that of the day before with the visitors' hashes.
func saltOf(tx core.App, today string) (string, error) {
	var salt string
	err := tx.DB().NewQuery("SELECT salt FROM {{visitor_salts}} WHERE day = {:day}").Bind(dbx.Params{"day": today}).Row(&salt)
	if !errors.Is(err, sql.ErrNoRows) {
		if err != nil {
			return "", fmt.Errorf("read the salt of the day: %w", err)
		}
		return salt, nil
	}
	salt = rand.Text()
	for _, step := range []string{
		"DELETE FROM {{visitor_salts}}", "DELETE FROM {{job_visitors}}",
		"INSERT INTO {{visitor_salts}} (day, salt) VALUES ({:day}, {:salt})",
	} {
		if _, err := tx.NonconcurrentDB().NewQuery(step).Bind(dbx.Params{"day": today, "salt": salt}).Execute(); err != nil {
			return "", fmt.Errorf("begin the visitors of a day: %w", err)
		}
	}
	return salt, nil
}

// figures are what is added to a row of job_days.
type figures struct {
	Job      string `json:"job"`
	Views    int    `json:"views"`
	Visitors int    `json:"visitors"`
	Clicks   int    `json:"clicks"`
}

// write adds what has been counted to today's rows.
func write(tx core.App, today, salt string, taken map[entry]counts) error {
	byJob := map[string]*figures{}
	visits := map[int64]string{} // the job, by the hash of one visitor to it
	for one, n := range taken {
		if one.caller != "" {
			isPerson, err := isPersonOfJob(tx, one)
			if err != nil {
				return err
			}
			if isPerson {
				continue
			}
		}
		sum := byJob[one.job]
		if sum == nil {
			sum = &figures{Job: one.job}
			byJob[one.job] = sum
		}
		sum.Views += n.views
		sum.Clicks += n.clicks
		if n.views > 0 {
			visits[hashOf(salt, one)] = one.job
		}
	}
	if len(byJob) == 0 {
		return nil
	}
	if err := countVisitors(tx, visits, byJob); err != nil {
		return err
	}
	list := make([]*figures, 0, len(byJob))
	for _, sum := range byJob {
		list = append(list, sum)
	}
	return addFigures(tx, today, list)
}

// hashOf returns the hash by which a visitor to a job is known for a day. With the job in it, it does not link visits to several jobs.
func hashOf(salt string, one entry) int64 {
	mac := hmac.New(sha256.New, []byte(salt))
	mac.Write([]byte(one.job))
	mac.Write(one.visitor[:])
	return int64(binary.BigEndian.Uint64(mac.Sum(nil))) //nolint:gosec // any bits will do
}

// isPersonOfJob reports whether the caller of an entry is one of the job's people. A caller has one entry for each job.
func isPersonOfJob(tx core.App, one entry) (bool, error) {
	var employer string
	err := tx.DB().NewQuery("SELECT employer FROM {{jobs}} WHERE id = {:job}").Bind(dbx.Params{"job": one.job}).Row(&employer)
	if errors.Is(err, sql.ErrNoRows) {
		return true, nil // the job is gone, and nothing to be counted with it
	}
	if err != nil {
		return false, fmt.Errorf("find the employer of job %s: %w", one.job, err)
	}
	return collections.IsPersonOf(tx, employer, one.caller)
}

// countVisitors stores the hashes of visits and counts those that are new today.
func countVisitors(tx core.App, visits map[int64]string, byJob map[string]*figures) error {
	hashes := make([]int64, 0, len(visits))
	for hash := range visits {
		hashes = append(hashes, hash)
	}
	slices.Sort(hashes) // neighbours are on the same page
	raw, err := json.Marshal(hashes)
	if err != nil {
		return fmt.Errorf("encode the visitors: %w", err)
	}
	var added []int64
	err = tx.NonconcurrentDB().NewQuery(`INSERT OR IGNORE INTO {{job_visitors}} (hash) SELECT value FROM json_each({:hashes}) RETURNING hash`).
		Bind(dbx.Params{"hashes": string(raw)}).Column(&added)
	if err != nil {
		return fmt.Errorf("store the visitors of the day: %w", err)
	}
	for _, hash := range added {
		byJob[visits[hash]].Visitors++
	}
	return nil
}

// addFigures adds to the rows of a day, and makes those that are missing. Jobs that were deleted meanwhile are left out.
func addFigures(tx core.App, today string, list []*figures) error {
	raw, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("encode the figures: %w", err)
	}
	_, err = tx.NonconcurrentDB().NewQuery(`
		INSERT INTO {{job_days}} (job, day, views, visitors, [[applyClicks]], saves, applications, created, updated)
		SELECT j.id, {:day}, n.value ->> 'views', n.value ->> 'visitors', n.value ->> 'clicks', 0, 0, {:now}, {:now}
		FROM json_each({:rows}) n CROSS JOIN {{jobs}} j ON j.id = n.value ->> 'job'
		WHERE TRUE
		ON CONFLICT (job, day) DO UPDATE SET views = views + excluded.views, visitors = visitors + excluded.visitors,
			[[applyClicks]] = [[applyClicks]] + excluded.[[applyClicks]], updated = excluded.updated`).
		Bind(dbx.Params{"day": today, "now": types.NowDateTime().String(), "rows": string(raw)}).Execute()
	if err != nil {
		return fmt.Errorf("store the figures of the day: %w", err)
	}
	return nil
}
