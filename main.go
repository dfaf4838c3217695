// Command jobboard is a job board backend in one binary, built on PocketBase.
package main

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/cmd"
	"github.com/pocketbase/pocketbase/plugins/migratecmd"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/background"
	"jobboard/internal/backup"
	"jobboard/internal/changes"
	"jobboard/internal/checks"
	"jobboard/internal/cluster"
	"jobboard/internal/cluster/relay"
	"jobboard/internal/command"
	"jobboard/internal/config"
	"jobboard/internal/dashboard"
	"jobboard/internal/database"
	"jobboard/internal/delivery"
	"jobboard/internal/events"
	"jobboard/internal/headers"
	"jobboard/internal/importsource"
	"jobboard/internal/jobalerts"
	"jobboard/internal/jobstats"
	"jobboard/internal/logs"
	"jobboard/internal/mail"
	"jobboard/internal/metrics"
	"jobboard/internal/notify"
	"jobboard/internal/overload"
	"jobboard/internal/pages"
	"jobboard/internal/realtime"
	"jobboard/internal/search"
	"jobboard/internal/signin"
	"jobboard/internal/static"
	"jobboard/internal/tempdir"
	"jobboard/internal/throttle"
	"jobboard/internal/uploads"
	"jobboard/internal/webhook"
	_ "jobboard/migrations"
)

//go:embed pb_public
var public embed.FS

func main() {
	// Dev mode only with --dev, not for every `go run`.
	gate := new(database.Gate)
	app := pocketbase.NewWithConfig(pocketbase.Config{DefaultDataDir: command.DataDir(os.Args[1:]), DBConnect: gate.Connect})

	settings, err := config.Load(app.RootCmd, os.Args[1:], os.Environ())
	if err != nil {
		fmt.Fprintf(os.Stderr, "Wrong configuration:\n%v\n", err)
		os.Exit(1)
	}
	settings.Bind(app)
	background.BindPocketBase(app)
	tempdir.Bind(app)
	headers.Bind(app)
	database.Bind(app)
	logs.Bind(app, logs.Options{Successes: settings.LogRequests})
	throttle.Bind(app, throttle.Options{PasswordTries: settings.PasswordTries, Registrations: settings.Registrations})
	signin.Bind(app, settings.SignIn())
	changes.Bind(app)
	hooks.Bind(app)
	realtime.Bind(app, realtime.Options{
		Topics: settings.RealtimeTopics, TopicBytes: settings.RealtimeTopicBytes, Connections: settings.RealtimeConnections,
		PerUser: settings.RealtimeConnectionsPerUser, PerAddress: settings.RealtimeConnectionsPerAddress,
	})
	overload.Bind(app, overload.Options{MaxWait: time.Duration(settings.MaxWaitMS) * time.Millisecond})
	delivery.Bind(app)
	notify.Bind(app, notify.Options{KeepDays: settings.NotificationDays})
	mail.Bind(app, mail.Options{})
	jobalerts.Bind(app, jobalerts.Options{})
	importsource.Bind(app, importsource.Options{PrivateAddresses: settings.PrivateAddresses})
	jobstats.Bind(app, jobstats.Options{})
	events.Bind(app)
	webhook.Bind(app, webhook.Options{PrivateAddresses: settings.PrivateAddresses})
	api.Bind(app)
	dashboard.Bind(app)
	searchOptions := search.Options{Language: settings.SearchLanguage}
	searchOptions.Bucket, _ = settings.Bucket()
	search.Bind(app, searchOptions)
	metrics.Bind(app, metrics.Options{Token: settings.MetricsToken})
	backup.Bind(app)
	if given, ok := settings.Bucket(); ok {
		uploads.Bind(app, given, func(p uploads.Progress) {
			fmt.Fprintf(os.Stderr, "Copying uploaded files to the bucket: %d of %d\n", p.Copied, p.Files)
		})
	}
	checks.Bind(app, checks.Options{UnknownVariables: settings.Unknown(), Program: command.Program(app.RootCmd)})
	embedded, err := fs.Sub(public, "pb_public")
	if err != nil {
		panic(err) // the folder is in the binary
	}
	files := static.Files("pb_public", public)
	static.Bind(app, static.Options{Files: files})
	err = pages.Bind(app, pages.Options{Language: settings.Language, Logo: settings.Logo, Public: files, Embedded: embedded})
	if err != nil {
		fmt.Fprintf(os.Stderr, "The pages can't be served:\n%v\n", err)
		os.Exit(1)
	}

	app.RootCmd.AddCommand(
		command.NewServeCommand(app, cmd.NewServeCommand(app, true)),
		cmd.NewSuperuserCommand(app),
		command.NewAdminCommand(app, settings.AdminPassword),
		command.NewClusterCommand(settings),
		command.NewConfigCommand(settings),
		command.NewDemoCommand(app, cmd.NewServeCommand(app, true), settings.DemoPassword),
		command.NewDoctorCommand(app, settings.Bucket),
		command.NewExportCommand(app),
		command.NewFilesCommand(app, settings),
		command.NewHealthCommand(),
		command.NewImportCommand(app, command.ImportOptions{PrivateAddresses: settings.PrivateAddresses}),
		command.NewMailCommand(app),
		command.NewReindexCommand(app),
		command.NewReportCommand(app),
		command.NewRestoreCommand(settings),
		command.NewSchemaCommand(collections.Snapshot),
		command.NewVerifyCommand(app, settings),
		command.NewVersionCommand(),
	)
	migratecmd.MustRegister(app, app.RootCmd, migratecmd.Config{
		Automigrate: app.IsDev(), // changes in the admin UI become steps while developing, never in production
	})

	part := cluster.Options{NodeURL: settings.NodeURL, Writes: settings.ClusterWrites, Gate: gate}
	part.Bucket, _ = settings.Bucket()
	if part.NodeURL == "" {
		part.NodeURL = command.NodeURL(app.RootCmd, os.Args[1:])
	}
	cluster.Bind(app, command.ClusterPart(app.RootCmd, os.Args[1:]), part)
	if node := cluster.Of(app); node != nil {
		relay.Bind(app, node, relay.Options{BucketSecret: part.Bucket.SecretKey, Quick: !node.Safe()})
	}

	if err := command.Execute(app, os.Args[1:]); err != nil {
		os.Exit(command.ExitCode(err))
	}
}
