package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"jobboard/internal/cluster"
	"jobboard/internal/cluster/relay"
	"jobboard/internal/config"
)

// NewClusterCommand returns `jobboard cluster`, which shows who leads and changes it.
func NewClusterCommand(settings *config.Config) *cobra.Command {
	group := &cobra.Command{Use: "cluster", Short: "Shows the nodes of the cluster, and changes who leads"}
	group.AddCommand(newClusterStatus(settings), newClusterPromote(settings), newClusterStepDown(settings))
	return group
}

func newClusterStatus(settings *config.Config) *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:   "status",
		Short: "Shows who leads, and how far the other nodes are",
		Long: "Reads the bucket (JOBBOARD_BUCKET_NAME) and asks all nodes that have announced themselves there. It can run on any\n" +
			"machine with the configuration of a node. It ends with exit code 1 if nobody leads.",
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
			survey, err := relay.Look(ctx, b)
			if err != nil {
				return err
			}
			if err := printSurvey(command.OutOrStdout(), survey, asJSON); err != nil {
				return err
			}
			if survey.Leader == "" {
				return errors.New("nobody leads")
			}
			return nil
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print the outcome as JSON")
	return command
}

func printSurvey(out io.Writer, survey relay.Survey, asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(survey)
	}
	switch {
	case survey.Leader == "":
		fmt.Fprintf(out, "Nobody leads (term %d). The log is at transaction %d.\n", survey.Term, survey.TXID)
	case survey.LeaseLeft < 0:
		fmt.Fprintf(out, "%s led until %.1f seconds ago (term %d), and has not renewed its lease. The log is at transaction %d.\n",
			survey.LeaderURL, -survey.LeaseLeft, survey.Term, survey.TXID)
	default:
		fmt.Fprintf(out, "%s leads (term %d), with a lease for %.1f seconds more. The log is at transaction %d.\n", survey.LeaderURL,
			survey.Term, survey.LeaseLeft, survey.TXID)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NODE\tROLE\tTRANSACTION\tBEHIND\tLAG\tLAST CHECK\t")
	for _, node := range survey.Nodes {
		lag, checked := "-", "-"
		if node.Lag != nil {
			lag = fmt.Sprintf("%.1f s", *node.Lag)
		}
		if node.Checked != nil {
			checked = time.Since(*node.Checked).Round(time.Minute).String() + " ago"
			if node.Differs != "" {
				checked += ": " + node.Differs
			}
		}
		problem := node.Problem
		if node.Role == relay.Gone {
			problem = fmt.Sprintf("last seen %s ago: %s", time.Since(node.Seen).Round(time.Second), problem)
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%s\t%s\t%s\n", node.URL, node.Role, node.TXID, node.Behind, lag, checked, problem)
	}
	return table.Flush()
}

func newClusterPromote(settings *config.Config) *cobra.Command {
	var address string
	command := &cobra.Command{
		Use:   "promote",
		Short: "Makes a node lead: the present leader steps down for it",
		Long: "Makes the node on this machine lead (JOBBOARD_NODE_URL), or the one at --node. The leader writes all that it has\n" +
			"committed into the log and steps down; nothing is lost.",
		Args:         cobra.NoArgs,
		SilenceUsage: true,
		Annotations:  withoutBoard,
		RunE: func(command *cobra.Command, _ []string) error {
			if address == "" {
				address = settings.NodeURL
			}
			if address == "" {
				return errors.New("name the node with --node URL or JOBBOARD_NODE_URL, as cluster status shows it")
			}
			if err := order(command.Context(), settings, address, "promote"); err != nil {
				return fmt.Errorf("promote %s: %w", address, err)
			}
			fmt.Fprintf(command.OutOrStdout(), "%s leads.\n", strings.TrimSuffix(address, "/"))
			return nil
		},
	}
	command.Flags().StringVar(&address, "node", "", "the address of the node that shall lead; JOBBOARD_NODE_URL by default")
	return command
}

func newClusterStepDown(settings *config.Config) *cobra.Command {
	return &cobra.Command{
		Use:          "step-down",
		Short:        "Has the leader step down, so that another node leads",
		Args:         cobra.NoArgs,
		SilenceUsage: true,
		Annotations:  withoutBoard,
		RunE: func(command *cobra.Command, _ []string) error {
			b, err := openBucket(command.Context(), settings)
			if err != nil {
				return err
			}
			lease, err := cluster.LeaseIn(command.Context(), b)
			if err != nil {
				return err
			}
			if lease.URL == "" {
				return errors.New("nobody leads")
			}
			if err := order(command.Context(), settings, lease.URL, "step-down"); err != nil {
				return fmt.Errorf("have %s step down: %w", lease.URL, err)
			}
			fmt.Fprintf(command.OutOrStdout(), "%s has stepped down.\n", lease.URL)
			return nil
		},
	}
}

// order sends an order to a node.
func order(ctx context.Context, settings *config.Config, node, name string) error {
	given, ok := settings.Bucket()
	if !ok {
		return errNoBucket
	}
	ctx, done := untilInterrupted(ctx)
	defer done()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	_, err := relay.Ask(ctx, given.SecretKey, node, http.MethodPost, name, []byte("{}"))
	return err
}
