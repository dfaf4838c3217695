package command

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"jobboard/internal/bucket"
	"jobboard/internal/cluster/restore"
	"jobboard/internal/config"
)

// NewRestoreCommand returns `jobboard restore`, which makes a new data folder from the bucket.
func NewRestoreCommand(settings *config.Config) *cobra.Command {
	var at string
	command := &cobra.Command{
		Use:   "restore",
		Short: "Restores the database from the bucket into a new data folder",
		Long: `Restores the database from the bucket (JOBBOARD_BUCKET_NAME) into a new data folder, as it was at any moment of the last days, and
checks it. Nothing that exists is overwritten, and nothing in the bucket is changed. Uploaded files stay in the bucket, where a board with
the same settings finds them. docs/cluster.md says how to go on from there.`,
		Example:      "restore --at 2026-01-31T14:05:00Z --dir restored\nrestore --at 2h --dir restored",
		Args:         cobra.NoArgs,
		SilenceUsage: true,
		Annotations:  withoutBoard,
		RunE: func(command *cobra.Command, _ []string) error {
			moment, err := momentOf(at, time.Now())
			if err != nil {
				return err
			}
			dir := ""
			if flag := command.Flag("dir"); flag != nil && flag.Changed {
				dir = flag.Value.String()
			}
			if dir == "" {
				return errors.New("name the new data folder with --dir")
			}
			ctx, done := untilInterrupted(command.Context())
			defer done()
			b, err := openBucket(ctx, settings)
			if err != nil {
				return err
			}
			began := time.Now()
			restored, err := restoreFolder(ctx, b, moment, dir)
			if err != nil {
				return err
			}
			fmt.Fprintf(command.OutOrStdout(), "Restored %s as of %s (transaction %d, %s) in %s. Its check found no damage.\n", dir,
				restored.At.Local().Format(time.RFC3339), restored.TX, humanize.Bytes(uint64(restored.Bytes)),
				time.Since(began).Round(time.Millisecond))
			return nil
		},
	}
	command.Flags().StringVar(&at, "at", "",
		"the moment, such as 2026-01-31T14:05:00Z, or how long ago, such as 90m, 2h or 3d; the newest by default")
	return command
}

// momentOf reads a moment: a time, or how long before now it was.
func momentOf(text string, now time.Time) (moment restore.Moment, err error) {
	if text == "" {
		return moment, nil
	}
	if days, isDays := strings.CutSuffix(text, "d"); isDays {
		if n, err := strconv.Atoi(days); err == nil && n > 0 && n < 100_000 {
			return restore.Moment{At: now.AddDate(0, 0, -n)}, nil
		}
	}
	if ago, err := time.ParseDuration(text); err == nil && ago > 0 {
		return restore.Moment{At: now.Add(-ago)}, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return moment, fmt.Errorf("--at: %q is neither a time such as %s nor how long ago, such as 90m, 2h or 3d", text,
			now.UTC().Format(time.RFC3339))
	}
	if at.After(now) {
		return moment, fmt.Errorf("--at: %s is still to come", text)
	}
	return restore.Moment{At: at}, nil
}

// restoreFolder makes a data folder with a restored database.
func restoreFolder(ctx context.Context, b *bucket.Bucket, moment restore.Moment, dir string) (restored restore.Restored, err error) {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return restored, fmt.Errorf("create the data folder: %w", err)
		}
	case err != nil:
		return restored, fmt.Errorf("look into the data folder: %w", err)
	case len(entries) > 0:
		return restored, fmt.Errorf("%s is not empty: name a new folder with --dir", dir)
	}
	restored, err = restore.Database(ctx, b, moment, filepath.Join(dir, "data.db"))
	if err != nil && entries == nil {
		_ = os.Remove(dir) // which this command has created; it stays if there is anything in it
	}
	return restored, err
}

var errNoBucket = errors.New("no bucket is given: set JOBBOARD_BUCKET_NAME and the other JOBBOARD_BUCKET_ variables as for serve")

// openBucket opens the bucket that is given, or says what is wrong with the settings.
func openBucket(ctx context.Context, settings *config.Config) (*bucket.Bucket, error) {
	given, ok := settings.Bucket()
	if !ok {
		return nil, errNoBucket
	}
	b, err := bucket.Open(ctx, given)
	var answer interface{ HTTPStatusCode() int }
	if errors.As(err, &answer) {
		switch answer.HTTPStatusCode() {
		case http.StatusForbidden, http.StatusUnauthorized:
			return nil, fmt.Errorf("the bucket %s refuses the keys: check JOBBOARD_BUCKET_ACCESS_KEY and JOBBOARD_BUCKET_SECRET_KEY: %w",
				given.Name, err)
		case http.StatusNotFound:
			return nil, fmt.Errorf("there is no bucket %s: check JOBBOARD_BUCKET_NAME, _ENDPOINT and _REGION: %w", given.Name, err)
		}
	}
	return b, err
}
