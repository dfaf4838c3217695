package report

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/database"
)

// snapshot is one read transaction: every query sees the board as it was at the first one. Working tables are temporary tables of its
// connection and disappear with the rollback at the end; nothing is ever written to the board.
type snapshot struct {
	ctx      context.Context
	tx       *sql.Tx
	period   Period
	step     bucket
	labels   []string
	cohort   *int // number of applications that wholeCohort has found; nil before
	throttle throttle
}

// withSnapshot calls work with a snapshot. A period without a start begins on the board's first day.
func withSnapshot(ctx context.Context, app core.App, period Period, rest float64, work func(*snapshot) error) error {
	return database.ReadSnapshot(ctx, app, func(tx *sql.Tx) (err error) {
		s := &snapshot{ctx: ctx, tx: tx, period: period, throttle: throttle{rest: rest, began: time.Now()}}
		if period.From.IsZero() {
			if s.period.From, err = s.firstDay(); err != nil {
				return err
			}
		}
		s.step = s.period.bucket()
		s.labels = s.step.labels(s.period)
		return work(s)
	})
}

func (s *snapshot) firstDay() (time.Time, error) {
	var first sql.NullString
	err := s.tx.QueryRowContext(s.ctx, `SELECT min(first) FROM (
		SELECT min(created) AS first FROM users UNION ALL SELECT min(created) FROM jobs
		UNION ALL SELECT min(submittedAt) FROM applications WHERE submittedAt != '' UNION ALL SELECT min(created) FROM saved_searches
		UNION ALL SELECT min(created) FROM saved_jobs UNION ALL SELECT min(created) FROM notifications)`).Scan(&first)
	if err != nil {
		return time.Time{}, fmt.Errorf("find the board's first day: %w", err)
	}
	day, err := time.Parse(time.DateOnly, fmt.Sprintf("%.10s", first.String))
	if err != nil || day.After(s.period.End) {
		return s.period.End.Truncate(24 * time.Hour), nil // an empty board
	}
	return day, nil
}

// arguments are the named values of a query; the period's bounds are always added.
type arguments map[string]any

func (s *snapshot) bind(args arguments) []any {
	values := []any{sql.Named("from", stored(s.period.From)), sql.Named("end", stored(s.period.End))}
	for name, value := range args {
		values = append(values, sql.Named(name, value))
	}
	return values
}

func (s *snapshot) exec(what, query string, args arguments) error {
	_, err := s.change(what, query, args)
	return err
}

// change runs a statement on working tables and returns the number of rows written.
func (s *snapshot) change(what, query string, args arguments) (rows int, err error) {
	done, err := s.tx.ExecContext(s.ctx, query, s.bind(args)...)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", what, err)
	}
	s.throttle.pause(s.ctx)
	count, err := done.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", what, err)
	}
	return int(count), nil
}

// fill inserts a chunk of rows, with increasing numbers n, into a working table. It returns the last number, or after if there was no
// row, and the number of rows.
func (s *snapshot) fill(table, query string, args arguments, after int64) (last int64, found int, err error) {
	if found, err = s.change("fill "+table, "INSERT INTO "+table+" "+query, args); err != nil || found == 0 {
		return after, 0, err
	}
	number, err := s.one("find the last of "+table, "SELECT max(n) FROM "+table, nil, 1)
	return int64(number[0].Float64), found, err
}

// fillAll calls fill, one of the functions that insert a chunk of rows after a number, until there are no more rows. It returns the total
// number of rows.
func fillAll(fill func(after int64) (last int64, found int, err error)) (total int, err error) {
	var last int64
	for {
		next, found, err := fill(last)
		if err != nil || found == 0 {
			return total, err
		}
		last = next
		total += found
	}
}

// empty deletes the rows of a working table before the next chunk.
func (s *snapshot) empty(table string) error {
	return s.exec("empty "+table, "DELETE FROM "+table, nil)
}

// drop drops working tables: one transaction may compute several reports.
func (s *snapshot) drop(tables ...string) error {
	for _, table := range tables {
		if err := s.exec("drop "+table, "DROP TABLE IF EXISTS temp."+table, nil); err != nil {
			return err
		}
	}
	return nil
}

// each runs a query and calls take for every row to scan it.
func (s *snapshot) each(what, query string, args arguments, take func(scan func(...any) error) error) error {
	rows, err := s.tx.QueryContext(s.ctx, query, s.bind(args)...)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := take(rows.Scan); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		s.throttle.pause(s.ctx)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	s.throttle.pause(s.ctx)
	return nil
}

// one returns the numbers of a query with one row; a NULL is invalid.
func (s *snapshot) one(what, query string, args arguments, columns int) ([]sql.NullFloat64, error) {
	values := make([]sql.NullFloat64, columns)
	targets := make([]any, columns)
	for i := range values {
		targets[i] = &values[i]
	}
	err := s.each(what, query, args, func(scan func(...any) error) error { return scan(targets...) })
	return values, err
}

// overTime runs a query of (step, number...) rows and returns a series over the period's steps for each number.
func (s *snapshot) overTime(what, query string, args arguments, columns int) ([][]float64, error) {
	place := make(map[string]int, len(s.labels))
	for i, label := range s.labels {
		place[label] = i
	}
	series := make([][]float64, columns)
	for i := range series {
		series[i] = make([]float64, len(s.labels))
	}
	err := s.each(what, query, args, func(scan func(...any) error) error {
		var label string
		values := make([]float64, columns)
		targets := []any{&label}
		for i := range values {
			targets = append(targets, &values[i])
		}
		if err := scan(targets...); err != nil {
			return err
		}
		at, ok := place[label]
		if !ok {
			return fmt.Errorf("the step %q is not in the period %s", label, s.period)
		}
		for i := range series {
			series[i][at] += values[i]
		}
		return nil
	})
	return series, err
}
