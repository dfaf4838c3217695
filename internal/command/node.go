package command

import (
	"fmt"
	"net"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"jobboard/internal/cluster"
)

// reading lists the commands that open a board only to read it. All others that open one may write.
var reading = []string{"export", "report", "mail test", "files upload"}

// ClusterPart returns which part the command of the line args takes in a cluster.
func ClusterPart(root *cobra.Command, args []string) cluster.Part {
	chosen, _, err := root.Find(args)
	if err != nil || chosen == root || chosen.Annotations["board"] == "none" {
		return cluster.Nothing
	}
	path := strings.TrimPrefix(chosen.CommandPath(), root.Name()+" ")
	switch {
	case slices.Contains(serving, path):
		return cluster.Serves
	case slices.Contains(reading, path):
		return cluster.Reads
	}
	return cluster.Writes
}

// NodeURL returns where other machines probably reach the board that the command of the line args serves: at this machine's name and
// the port that it listens at. It is "" if the command serves nothing.
func NodeURL(root *cobra.Command, args []string) string {
	chosen, rest, err := root.Find(args)
	if err != nil || !slices.Contains(serving, chosen.Name()) {
		return ""
	}
	if err := chosen.ParseFlags(rest); err != nil { // the command itself will say so
		return ""
	}
	scheme, address := "http", "127.0.0.1:8090"
	if given, err := chosen.Flags().GetString("http"); err == nil && given != "" {
		address = given
	}
	if secure, err := chosen.Flags().GetString("https"); err == nil && secure != "" {
		scheme, address = "https", secure
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		if host, err = os.Hostname(); err != nil {
			return ""
		}
	}
	return fmt.Sprintf("%s://%s", scheme, net.JoinHostPort(host, port))
}
