package importsource

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/background"
	"jobboard/internal/notify"
	"jobboard/internal/transfer"
	"jobboard/internal/transfer/formats"
)

// result is how a run ended.
type result struct{ status, text string }

// askError says that a run would close more jobs than is plausible.
type askError struct{ open, missing int }

func (e *askError) Error() string {
	return fmt.Sprintf("It names %d of the %d open jobs that came from it. Nothing was closed, since that is less than half; "+
		"to close the other %d, set closeAnyway.", e.open-e.missing, e.open, e.missing)
}

// run imports from a source.
func (w *worker) run(ctx context.Context, app core.App, source *core.Record) (done result) {
	importer := transfer.NewImporter(app)
	importer.Pinned = true
	importer.Company = source.GetString("company")
	if employer := source.GetString("employer"); employer != "" {
		importer.Employers = []string{employer}
	}
	err := background.Recover(func() error {
		format, err := formats.Find(source.GetString("kind"))
		if err != nil {
			return err
		}
		if err := importer.Prepare(); err != nil {
			return err
		}
		if err := importer.URL(ctx, source.GetString("url"), &format, w.options.PrivateAddresses); err != nil {
			return err
		}
		if !source.GetBool("closeMissing") || ctx.Err() != nil {
			return nil
		}
		return importer.CloseMissing(ctx, func(open, missing int) error {
			if missing > 0 && 2*(open-missing) < open && !source.GetBool("closeAnyway") {
				return &askError{open, missing}
			}
			return nil
		})
	})
	return describe(importer.Report(), err)
}

// describe says for people how a run ended.
func describe(report *transfer.Report, err error) result {
	var ask *askError
	done := result{status: collections.ImportOK, text: report.Summary() + "."}
	saved := report.Created + report.Updated + report.Unchanged
	switch {
	case errors.As(err, &ask):
		done = result{collections.ImportAsks, ask.Error() + " " + done.text}
	case transfer.IsKept(err):
		done.text += " " + strings.ToUpper(err.Error()[:1]) + err.Error()[1:] + "."
	case err != nil && report.Rows() == 0:
		done = result{collections.ImportFailed, err.Error()}
	case err != nil:
		done = result{collections.ImportFailed, err.Error() + ". " + done.text}
	}
	if err == nil && report.Refused > 0 && (saved == 0 || report.Failed > 0) {
		done.status = collections.ImportFailed
	}
	for n, refusal := range report.Refusals {
		if n == 5 {
			done.text += " …"
			break
		}
		done.text += " Refused: " + strings.TrimSuffix(refusal.Error(), ".") + "."
	}
	return done
}

// finish stores the result and tells the admins if it is bad and the one before was not, or was bad in another way.
func finish(app core.App, ran *core.Record, done result) error {
	text := collections.Truncate(done.text, collections.MaxImportResult)
	return change(app, ran.Id, func(tx core.App, source *core.Record) error {
		before := source.GetString("lastStatus")
		source.Set("startedAt", "")
		source.Set("attempts", 0)
		source.Set("lastRun", types.NowDateTime())
		source.Set("lastStatus", done.status)
		source.Set("lastResult", text)
		if ran.GetBool("closeAnyway") {
			source.Set("closeAnyway", false)
		}
		if done.status == collections.ImportOK || done.status == before {
			return nil
		}
		return tellAdmins(tx, source, done.status, text)
	})
}

func tellAdmins(tx core.App, source *core.Record, status, text string) error {
	var admins []string
	err := tx.DB().Select("id").From(collections.Users).
		Where(dbx.HashExp{"role": collections.RoleAdmin, "deactivatedAt": ""}).Column(&admins)
	if err != nil {
		return fmt.Errorf("find the admins: %w", err)
	}
	title := "An import has failed: "
	if status == collections.ImportAsks {
		title = "An import asks whether to close jobs: "
	}
	return notify.Write(tx, notify.Notification{
		Kind:  collections.KindImportFailed,
		Title: collections.Truncate(title+transfer.AddressSource(source.GetString("url")), collections.MaxNotificationTitle),
		Body:  collections.Truncate(text, collections.MaxNotificationBody),
		Data:  map[string]any{"importSource": source.Id},
	}, admins...)
}
