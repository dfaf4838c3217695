package notify

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

const journalName = "mails.sent"

// journal is a file beside the database that says which mail the mail server has just taken: for each notification in it a
// line of its id and the number of the attempt. That is written some microseconds after the server's yes, where the row has
// to wait for others who write to the database; so a crash seldom falls in between (see docs/decisions/0016). Once the row
// tells the same, the journal is emptied.
type journal struct{ file *os.File }

// openJournal is called for each mail anew, before it is sent: processes on the same database share the file.
func openJournal(app core.App) (journal, error) {
	file, err := os.OpenFile(filepath.Join(app.DataDir(), journalName), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return journal{}, fmt.Errorf("open the journal of sent mails: %w", err)
	}
	return journal{file}, nil
}

// taken notes that the mail server has taken the mail about rows, with one write: it is there as a whole or not at all.
func (j journal) taken(rows []waiting) error {
	var lines strings.Builder
	for _, row := range rows {
		fmt.Fprintf(&lines, "%s %d\n", row.ID, row.Attempts+1)
	}
	if _, err := j.file.WriteString(lines.String()); err != nil {
		return fmt.Errorf("write the journal of sent mails: %w", err)
	}
	return nil
}

// empty is for when the rows tell what the journal does. What another process has just written goes too: then a crash of
// that one at this moment may send its mail again.
func (j journal) empty() error {
	if err := j.file.Truncate(0); err != nil {
		return fmt.Errorf("empty the journal of sent mails: %w", err)
	}
	return nil
}

// readJournal brings the rows of mails that were sent just before a crash up to date, and empties the journal.
func readJournal(app core.App) (err error) {
	j, err := openJournal(app)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.file.Close()) }()
	raw, err := io.ReadAll(j.file)
	if err != nil {
		return fmt.Errorf("read the journal of sent mails: %w", err)
	}
	type line struct {
		ID      string `json:"id"`
		Attempt int    `json:"attempt"`
	}
	lines := []line{}
	for text := range strings.Lines(string(raw)) {
		id, number, _ := strings.Cut(strings.TrimSpace(text), " ")
		if attempt, err := strconv.Atoi(number); err == nil { // else a power cut has left half a line
			lines = append(lines, line{id, attempt})
		}
	}
	list, err := json.Marshal(lines)
	if err != nil {
		return fmt.Errorf("encode the journal of sent mails: %w", err)
	}
	_, err = app.NonconcurrentDB().NewQuery(`
		UPDATE {{notifications}} SET mail = 'sent', [[mailAt]] = {:now} FROM json_each({:lines}) l
		WHERE {{notifications}}.id = l.value ->> 'id' AND mail = 'pending' AND [[mailAttempts]] = l.value ->> 'attempt'`).
		Bind(dbx.Params{"now": types.NowDateTime().String(), "lines": string(list)}).Execute()
	if err != nil {
		return fmt.Errorf("note the mails of the journal as sent: %w", err)
	}
	return j.empty()
}
