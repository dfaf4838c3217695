package archive

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"
)

// boardSettings are the settings that belong to the board. The others belong to the installation, and some of them are secrets: mail
// server, storage, backups, proxy, addresses of superusers.
type boardSettings struct {
	Meta       core.MetaConfig       `json:"meta"`
	RateLimits core.RateLimitsConfig `json:"rateLimits"`
	Batch      core.BatchConfig      `json:"batch"`
	Logs       core.LogsConfig       `json:"logs"`
}

// writeSettings writes the settings as they are stored, without those of the environment.
func writeSettings(ctx context.Context, app core.App, tx querier, out io.Writer) error {
	stored, err := column[string](ctx, tx, "SELECT value FROM _params WHERE id = 'settings'")
	if err == nil && len(stored) == 0 {
		err = sql.ErrNoRows
	}
	if err != nil {
		return fmt.Errorf("read the settings: %w", err)
	}
	raw := []byte(stored[0])
	if key := os.Getenv(app.EncryptionEnv()); key != "" && !json.Valid(raw) {
		if raw, err = security.Decrypt(stored[0], key); err != nil {
			return fmt.Errorf("decrypt the settings: %w", err)
		}
	}
	var settings boardSettings
	if err := json.Unmarshal(raw, &settings); err != nil {
		return fmt.Errorf("read the settings: %w", err)
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(settings); err != nil {
		return fmt.Errorf("archive the settings: %w", err)
	}
	return nil
}

// readSettings sets the archive's settings.
func readSettings(tx core.App, from io.Reader) error {
	settings, err := tx.Settings().Clone()
	if err != nil {
		return fmt.Errorf("copy the settings: %w", err)
	}
	var read boardSettings
	decoder := json.NewDecoder(from)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&read); err != nil {
		return fmt.Errorf("%s: %w", settingsEntry, err)
	}
	settings.Meta, settings.RateLimits, settings.Batch, settings.Logs = read.Meta, read.RateLimits, read.Batch, read.Logs
	if err := tx.Save(settings); err != nil {
		return fmt.Errorf("%s: %w", settingsEntry, err)
	}
	return nil
}
