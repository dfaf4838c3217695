package main

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"jobboard/collections"
	"jobboard/internal/benchboard"
	"jobboard/internal/workflow"
)

// rawSQL does with SQLite alone what requests do: the same rows are read and written, by prepared statements on one connection.
type rawSQL struct {
	db           *sql.DB
	prepared     map[string]*sql.Stmt
	scene        *scene
	draft        []any // the row of a job
	applications int   // that apply has written
}

func openRaw(board *benchboard.Board) (*rawSQL, error) {
	db, err := benchboard.OpenDB(filepath.Join(board.Data(), "data.db"), "synchronous(NORMAL)", "cache_size(-4000)")
	return &rawSQL{db: db, prepared: map[string]*sql.Stmt{}}, err
}

func (r *rawSQL) statement(query string) (*sql.Stmt, error) {
	if s := r.prepared[query]; s != nil {
		return s, nil
	}
	s, err := r.db.Prepare(query)
	if err != nil {
		return nil, err
	}
	r.prepared[query] = s
	return s, nil
}

// read reads the rows of a query with all their columns.
func (r *rawSQL) read(query string, args ...any) error {
	s, err := r.statement(query)
	if err != nil {
		return err
	}
	rows, err := s.Query(args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values := make([]sql.RawBytes, len(columns))
	into := make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (r *rawSQL) readAll(queries []string, args ...any) error {
	for _, query := range queries {
		if err := r.read(query, args...); err != nil {
			return err
		}
	}
	return nil
}

func (r *rawSQL) oneJob(i int) error {
	return r.readAll([]string{"SELECT * FROM jobs WHERE id = ?",
		"SELECT * FROM employers WHERE id = (SELECT employer FROM jobs WHERE id = ?)"}, r.scene.spread(i))
}

func (r *rawSQL) newestJobs(int) error {
	const newest = "FROM jobs WHERE status = 'published' ORDER BY publishedAt DESC LIMIT 20"
	return r.readAll([]string{"SELECT * " + newest, "SELECT * FROM employers WHERE id IN (SELECT employer " + newest + ")"})
}

// foundJobs reads a page of jobs by their ids, as after a search.
func (r *rawSQL) foundJobs(i int) error {
	var ids []string
	for j := range 20 {
		ids = append(ids, r.scene.spread(20*i+j))
	}
	return r.readAll([]string{"SELECT * FROM jobs WHERE id IN (SELECT value FROM json_each(?))",
		"SELECT * FROM employers WHERE id IN (SELECT employer FROM jobs WHERE id IN (SELECT value FROM json_each(?)))"}, benchboard.JSON(ids))
}

func (r *rawSQL) applicationsOf(int) error {
	const mine = "FROM applications WHERE seeker = ? ORDER BY created DESC LIMIT 30"
	const jobs = "FROM jobs WHERE id IN (SELECT job " + mine + ")"
	return r.readAll([]string{"SELECT * " + mine, "SELECT * " + jobs, "SELECT * FROM employers WHERE id IN (SELECT employer " + jobs + ")",
		"SELECT count(*) FROM applications WHERE seeker = ?"}, seekerID(0))
}

func (r *rawSQL) applicationsTo(int) error {
	const all = "FROM applications WHERE job = ? ORDER BY created DESC LIMIT 30"
	return r.readAll([]string{"SELECT * " + all, "SELECT * FROM users WHERE id IN (SELECT seeker " + all + ")",
		"SELECT count(*) FROM applications WHERE job = ?"}, r.scene.busy[0].id)
}

// newID returns an id that nothing has.
func newID() string { return fmt.Sprintf("raw%d", time.Now().UnixNano()) }

// step is one statement of a transaction.
type step struct {
	query string
	args  []any
}

// write runs a transaction, on the only connection.
func (r *rawSQL) write(reads []step, writes ...step) error {
	if err := r.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err := func() error {
		for _, one := range reads {
			if err := r.read(one.query, one.args...); err != nil {
				return err
			}
		}
		for _, one := range writes {
			if err := r.exec(one.query, one.args...); err != nil {
				return err
			}
		}
		return r.exec("COMMIT")
	}()
	if err != nil {
		return errors.Join(err, r.exec("ROLLBACK"))
	}
	return nil
}

func (r *rawSQL) exec(query string, args ...any) error {
	s, err := r.statement(query)
	if err != nil {
		return err
	}
	_, err = s.Exec(args...)
	return err
}

const (
	readJob      = "SELECT * FROM jobs WHERE id = ?"
	readEmployer = "SELECT * FROM employers WHERE id = (SELECT employer FROM jobs WHERE id = ?)"
	readUser     = "SELECT * FROM users WHERE id = ?"
	notifyUser   = `INSERT INTO notifications (user, kind, title, body, data, mail, created, updated)
		VALUES (?1, ?2, 'New application', 'Seeker has applied.', '{}', 'none', ?3, ?3)`
)

// apply writes applications of one of the crowd, which the board's own measurements leave alone.
func (r *rawSQL) apply(int) error {
	i := r.applications
	r.applications++
	job, seeker, now := r.scene.spread(i), seekerID(readers+applicants+i%crowd), time.Now().UTC().Format(benchboard.TimeLayout)
	id := newID()
	return r.write(
		[]step{{readJob, []any{job}}, {readEmployer, []any{job}}, {readUser, []any{seeker}}},
		step{insertApplication, []any{id, job, seeker, workflow.Submitted, coverLetter, now}},
		step{insertEvent, []any{"", workflow.Submitted, id, seeker, now}},
		step{`UPDATE jobs SET applicationCount = (SELECT count(*) FROM applications WHERE job = ?1 AND status != 'withdrawn')
			WHERE id = ?1`, []any{job}},
		step{notifyUser, []any{r.scene.busy[0].owner, collections.KindApplicationSubmitted, now}},
	)
}

// changeStatus moves applications of the crowd.
func (r *rawSQL) changeStatus(i int) error {
	id, now := applicationID(readers*applied+i%(busyJobs*crowd)), time.Now().UTC().Format(benchboard.TimeLayout)
	to := []string{"in_review", "rejected"}[i/(busyJobs*crowd)%2]
	return r.write(
		[]step{{"SELECT * FROM applications WHERE id = ?", []any{id}}, {readJob, []any{r.scene.busy[0].id}},
			{readUser, []any{r.scene.busy[0].owner}}},
		step{"UPDATE applications SET status = ?, updated = ? WHERE id = ?", []any{to, now, id}},
		step{insertEvent, []any{"submitted", to, id, r.scene.busy[0].owner, now}},
		step{notifyUser, []any{seekerID(readers + applicants), collections.KindApplicationStatusChanged, now}},
	)
}

func (r *rawSQL) createJob(int) error {
	if r.draft == nil {
		job := r.scene.corpus.Job(0, time.Now().UTC())
		r.draft = job.Row([]string{""})
		r.draft[15] = workflow.Draft
	}
	row := slices.Clone(r.draft)
	row[0] = newID()
	return r.write([]step{{"SELECT * FROM employers WHERE id = ?", []any{row[1]}}}, step{benchboard.InsertJob, row})
}

func (r *rawSQL) markRead(i int) error {
	now := time.Now().UTC().Format(benchboard.TimeLayout)
	id := notificationID(i % (readers * notified))
	return r.write([]step{{"SELECT * FROM notifications WHERE id = ?", []any{id}}},
		step{"UPDATE notifications SET read = ?, readAt = ?, updated = ?2 WHERE id = ?", []any{i%2 == 0, now, id}})
}
