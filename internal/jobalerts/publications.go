package jobalerts

import (
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// lastPublication returns the number of the last committed publication. Triggers number publications in the transaction that publishes,
// and only one transaction writes at a time, so no lower number is committed later.
func lastPublication(app core.App) (int64, error) {
	var last int64
	err := app.DB().NewQuery("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'publications'), 0)").Row(&last)
	if err != nil {
		return 0, fmt.Errorf("find the latest publication: %w", err)
	}
	return last, nil
}

// window is the jobs that were published after one publication and up to another. Searches are processed from the latest position on,
// so that the window only grows and each publication is read once.
type window struct {
	until, since int64
	jobs         map[string]bool
}

// after returns the jobs published since a publication, each once. The map is the window's own.
func (w *window) after(app core.App, since int64) (map[string]bool, error) {
	if w.jobs == nil || since > w.since {
		w.since, w.jobs = w.until, map[string]bool{}
	}
	if since >= w.since {
		return w.jobs, nil
	}
	var jobs []string
	err := app.DB().NewQuery("SELECT job FROM {{publications}} WHERE seq > {:since} AND seq <= {:until}").
		Bind(dbx.Params{"since": since, "until": w.since}).Column(&jobs)
	if err != nil {
		return nil, fmt.Errorf("find the jobs published since the last digest: %w", err)
	}
	for _, job := range jobs {
		w.jobs[job] = true
	}
	w.since = since
	return w.jobs, nil
}

// prunePublications deletes the publications that every digest has passed.
func prunePublications(app core.App, until int64) error {
	for {
		result, err := app.NonconcurrentDB().NewQuery(`
			DELETE FROM {{publications}} WHERE seq IN (SELECT seq FROM {{publications}} WHERE seq <= (
				SELECT min(coalesce(min(p.seq), {:until}), {:until}) FROM {{digest_positions}} p
				JOIN {{saved_searches}} s ON s.id = p.search
				WHERE s.frequency IN ('daily', 'weekly')) ORDER BY seq LIMIT {:limit})`).
			Bind(dbx.Params{"until": until, "limit": deleteBatch}).Execute()
		if err != nil {
			return fmt.Errorf("delete old publications: %w", err)
		}
		gone, err := result.RowsAffected()
		if err != nil {
			return fmt.Errorf("delete old publications: %w", err)
		}
		if gone < deleteBatch {
			return nil
		}
	}
}
