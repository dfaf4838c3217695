package command

import (
	"fmt"
	netmail "net/mail"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"jobboard/internal/mail"
)

// NewMailCommand returns `jobboard mail test ADDRESS`.
func NewMailCommand(app core.App) *cobra.Command {
	command := &cobra.Command{
		Use:   "mail",
		Short: "Tries out the board's mail",
	}
	command.AddCommand(&cobra.Command{
		Use:   "test ADDRESS",
		Short: "Sends a test mail, and says what went wrong if it can't",
		Long: "Sends a test mail by the way that all mails of the board take. If that fails, it shows what the mail server said and\n" +
			"what usually causes it. docs/email.md says how to check what has arrived.",
		Example:      "mail test you@example.org",
		Args:         cobra.ExactArgs(1),
		SilenceUsage: true,
		RunE: func(command *cobra.Command, args []string) error {
			to, err := netmail.ParseAddress(args[0])
			if err != nil || to.Address != args[0] {
				return fmt.Errorf("%q is no e-mail address", args[0])
			}
			out, settings := command.OutOrStdout(), app.Settings()
			way := "the sendmail of this machine"
			if settings.SMTP.Enabled {
				way = fmt.Sprintf("%s, port %d", settings.SMTP.Host, settings.SMTP.Port)
				if settings.SMTP.Username != "" {
					way += ", as " + settings.SMTP.Username
				}
			}
			fmt.Fprintf(out, "From %s to %s, by %s.\n", settings.Meta.SenderAddress, to.Address, way)
			if err := mail.SendTrial(app, to.Address); err != nil {
				return fmt.Errorf("the mail was not sent: %w", err)
			}
			fmt.Fprintln(out, "It was accepted. Look for it in the mailbox, also among spam.")
			return nil
		},
	})
	return command
}
