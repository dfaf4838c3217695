package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"jobboard/internal/bucket"
	"jobboard/internal/cluster"
	"jobboard/internal/cluster/fingerprint"
	"jobboard/internal/cluster/relay"
	"jobboard/internal/cluster/restore"
	"jobboard/internal/config"
)

// NewVerifyCommand returns `jobboard verify`, which proves that the board can be restored from the bucket.
func NewVerifyCommand(app core.App, settings *config.Config) *cobra.Command {
	var all bool
	command := &cobra.Command{
		Use:   "verify",
		Short: "Restores the newest state from the bucket and compares it with the running board (exit code 1 if they differ)",
		Long: `Restores the newest state from the bucket (JOBBOARD_BUCKET_NAME) into a temporary folder, has SQLite check it, and compares every
table and index with the leader's database at the same transaction. While no node leads, what was restored is only checked. The outcome
is kept in the bucket, where jobboard doctor and jobboard cluster status find it.

It needs room for one copy of the database in the data folder, and changes nothing there. Run it now and then, such as once a night.`,
		Args:         cobra.NoArgs,
		SilenceUsage: true,
		Annotations:  withoutBoard,
		RunE: func(command *cobra.Command, _ []string) error {
			ctx, done := untilInterrupted(command.Context())
			defer done()
			b, err := openBucket(ctx, settings)
			if err != nil {
				return err
			}
			outcome, err := verify(ctx, b, app.DataDir(), settings.BucketSecretKey)
			if err != nil {
				return err
			}
			if err := outcome.print(command.OutOrStdout(), all); err != nil {
				return err
			}
			if err := outcome.Save(ctx, b); err != nil {
				return err
			}
			if !outcome.Good() {
				return errors.New("what was restored from the bucket is not good: " + outcome.Problem())
			}
			return nil
		},
	}
	command.Flags().BoolVar(&all, "all", false, "list all tables and indexes, not only those that differ")
	return command
}

// verified is the outcome of verify with what it was found from.
type verified struct {
	cluster.Comparison
	restored    restore.Restored
	trees       []fingerprint.Tree
	differences []fingerprint.Difference
}

// verify restores and compares. An error means that nothing is known.
func verify(ctx context.Context, b *bucket.Bucket, data, secret string) (v verified, err error) {
	began := time.Now()
	v.Comparison = cluster.Comparison{Node: cluster.Restored, At: began.UTC(), Differences: []string{}, Complaints: []string{}}
	leader, err := currentLease(ctx, b)
	if err != nil {
		return v, err
	}
	caller := cluster.Caller(func(ctx context.Context, body []byte) ([]byte, error) {
		return relay.CallLeader(ctx, secret, leader.URL, cluster.CompareCall, body)
	})
	var moment restore.Moment
	var call string
	if leader.URL != "" {
		if call, moment.TX, err = caller.Begin(ctx); err != nil {
			return v, fmt.Errorf("ask the leader (%s): %w", leader.URL, err)
		}
		v.Leader = leader.Node
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return v, fmt.Errorf("make room for the copy: %w", err)
	}
	dir, err := os.MkdirTemp(data, ".verify-*")
	if err != nil {
		return v, fmt.Errorf("make room for the copy: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "data.db")
	v.restored, err = restore.Database(ctx, b, moment, path)
	v.TXID = max(v.restored.TX, moment.TX)
	switch {
	case errors.Is(err, restore.ErrDamaged):
		v.Complaints = append(v.Complaints, err.Error())
		v.Seconds = time.Since(began).Seconds()
		return v, nil
	case err != nil:
		return v, err
	}
	if v.trees, err = restore.Fingerprint(ctx, path); err != nil {
		return v, err
	}
	for _, tree := range v.trees {
		v.Trees, v.Pages = v.Trees+1, v.Pages+tree.Pages
	}
	if call != "" {
		theirs, err := caller.Outcome(ctx, call)
		if err != nil {
			return v, fmt.Errorf("ask the leader (%s): %w", leader.URL, err)
		}
		v.differences = fingerprint.Compare(theirs, v.trees)
		v.Differences = fingerprint.Names(v.differences)
	}
	v.Seconds = time.Since(began).Seconds()
	return v, nil
}

// leaseGrace is how long after its end a lease may still be renewed, and how far clocks may differ.
const leaseGrace = 5 * time.Second

// currentLease returns the lease, or an empty one if it has ended.
func currentLease(ctx context.Context, b *bucket.Bucket) (cluster.Lease, error) {
	lease, err := cluster.LeaseIn(ctx, b)
	if err != nil || time.Since(lease.Until) > leaseGrace {
		return cluster.Lease{}, err
	}
	return lease, nil
}

func (v verified) print(out io.Writer, all bool) error {
	differing := map[string]fingerprint.Difference{}
	for _, difference := range v.differences {
		differing[difference.Name] = difference
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(name string, pages int64, left, right string) {
		fmt.Fprintf(table, "%s\t%d\t%s\t%s\n", name, pages, left, right)
	}
	if all || len(differing) > 0 {
		fmt.Fprintln(table, "TABLE OR INDEX\tPAGES\tLEADER\tRESTORED")
	}
	hash := func(tree *fingerprint.Tree) string {
		if tree == nil {
			return "none"
		}
		return tree.Hash[:12]
	}
	for _, tree := range v.trees {
		difference, differs := differing[tree.Name]
		switch {
		case differs:
			line(tree.Name, tree.Pages, hash(difference.Left), hash(difference.Right))
		case all && v.Leader != "":
			line(tree.Name, tree.Pages, "the same", hash(&tree))
		case all:
			line(tree.Name, tree.Pages, "-", hash(&tree))
		}
		delete(differing, tree.Name)
	}
	for _, difference := range v.differences {
		if _, only := differing[difference.Name]; only {
			line(difference.Name, difference.Left.Pages, hash(difference.Left), "none")
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	verdict := "no difference from the leader's"
	switch {
	case v.Leader == "":
		verdict = "no node leads, so nothing was compared"
	case len(v.differences) > 0:
		verdict = fmt.Sprintf("%d of them differ from the leader's", len(v.differences))
	}
	sound := "no damage"
	if len(v.Complaints) > 0 {
		sound = fmt.Sprint("damage: ", v.Complaints)
	}
	_, err := fmt.Fprintf(out,
		"Restored transaction %d of %s (%s, %d files) in %.1f s: %s; %d tables and indexes, %s.\n", v.TXID,
		v.restored.At.Local().Format(time.RFC3339), humanize.Bytes(uint64(v.restored.Bytes)), v.restored.Files, v.Seconds, sound, v.Trees,
		verdict)
	return err
}
