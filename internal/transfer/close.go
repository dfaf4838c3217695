package transfer

import (
	"context"
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/transfer/formats"
	"jobboard/internal/workflow"
)

// scope is what the files of an import speak for, so that jobs that they don't name can be closed.
type scope struct {
	sources   map[string]bool // of their rows
	employers map[string]bool // of the jobs that they name
	// oneCompany is true if the files hold all jobs of their companies, and not all of their source.
	oneCompany bool
	// address is true if the source is the address that the files came from, so they hold all of its jobs.
	address    bool
	unnamed    bool // a rejected row may be about any job
	incomplete error
}

func newScope() scope { return scope{sources: map[string]bool{}, employers: map[string]bool{}} }

func (s *scope) begin(format formats.Format) { s.oneCompany = s.oneCompany || format.OneCompany }

func (s *scope) end(ctx context.Context, err error) {
	s.incomplete = errors.Join(s.incomplete, err, ctx.Err())
}

// errKept says why jobs that no row names stay open.
type errKept struct{ reason string }

func (e *errKept) Error() string { return "no jobs are closed: " + e.reason }

// closeAtOnce is how many jobs are closed in one transaction.
const closeAtOnce = 20

// CloseMissing closes the published jobs that an earlier import made from the same sources, and that the files so far don't name. If the
// files are of single companies, or the import is for one, only jobs of these companies are closed. It closes nothing after an import
// that was not complete, or that has rows about unknown jobs. mayClose is asked before, with the number of jobs that are open and that
// would be closed; without it an import that names no job closes none.
func (i *Importer) CloseMissing(ctx context.Context, mayClose func(open, missing int) error) error {
	switch {
	case i.scope.incomplete != nil || i.report.Remaining > 0:
		return &errKept{"the import is not complete"}
	case i.report.Failed > 0:
		return &errKept{"some rows could not be saved"}
	case i.scope.unnamed:
		return &errKept{"a refused row may be about any of them"}
	case i.seen.len() == 0 && mayClose == nil:
		return &errKept{"the import names no job"}
	}
	open, missing, err := i.missing()
	if err != nil {
		return err
	}
	if mayClose != nil {
		if err := mayClose(open, len(missing)); err != nil {
			return err
		}
	}
	if i.DryRun {
		i.report.Closed = len(missing)
		return nil
	}
	for len(missing) > 0 {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		some := missing[:min(closeAtOnce, len(missing))]
		if err := i.close(ctx, some); err != nil {
			return err
		}
		missing = missing[len(some):]
	}
	return nil
}

// missing returns how many jobs of the import's scope are published, and the ids of those that it does not name.
func (i *Importer) missing() (open int, ids []string, err error) {
	bound := !i.scope.address && (i.scope.oneCompany || i.Company != "" || i.companies.only != "")
	for source := range i.scope.sources {
		after := ""
		for {
			var jobs []struct {
				ID         string `db:"id"`
				ExternalID string `db:"externalId"`
				Employer   string `db:"employer"`
			}
			err := i.app.DB().Select("id", "externalId", "employer").From(collections.Jobs).
				Where(dbx.HashExp{"source": source, "status": workflow.Published}).
				AndWhere(dbx.NewExp("[[externalId]] != '' AND [[externalId]] > {:after}", dbx.Params{"after": after})).
				OrderBy("externalId").Limit(1000).All(&jobs)
			if err != nil {
				return 0, nil, fmt.Errorf("look for jobs that are no longer in %s: %w", source, err)
			}
			for _, job := range jobs {
				if bound && !i.scope.employers[job.Employer] {
					continue
				}
				open++
				if _, _, named := i.seen.find(source, job.ExternalID); !named {
					ids = append(ids, job.ID)
				}
			}
			if len(jobs) < 1000 {
				break
			}
			after = jobs[len(jobs)-1].ExternalID
		}
	}
	return open, ids, nil
}

// close closes some jobs, unless they were closed meanwhile.
func (i *Importer) close(ctx context.Context, ids []string) error {
	closed := 0
	err := i.turns.take(ctx, func() error {
		closed = 0
		return i.app.RunInTransaction(func(tx core.App) error {
			jobs, err := tx.FindRecordsByIds(collections.Jobs, ids)
			if err != nil {
				return err
			}
			for _, job := range jobs {
				if job.GetString("status") != workflow.Published {
					continue
				}
				job.Set("status", workflow.Closed)
				if err := tx.Save(job); err != nil {
					return fmt.Errorf("close the job %s: %w", job.Id, err)
				}
				if err := rememberClosing(tx, job); err != nil {
					return err
				}
				closed++
			}
			return nil
		})
	})
	if err != nil {
		return fmt.Errorf("close jobs that no row names: %w", err)
	}
	i.report.Closed += closed
	return nil
}

// IsKept reports whether an error of CloseMissing says only that jobs stay open.
func IsKept(err error) bool {
	var kept *errKept
	return errors.As(err, &kept)
}
