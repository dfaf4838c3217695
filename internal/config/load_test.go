package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"jobboard/internal/config"
)

func load(args []string, environ ...string) (*config.Config, error) {
	return config.Load(&cobra.Command{Use: "jobboard"}, args, environ)
}

func TestEnvironmentIsRead(t *testing.T) {
	c, err := load(nil,
		"JOBBOARD_URL=https://jobs.example.org/",
		"JOBBOARD_SMTP_PORT=2525",
		"JOBBOARD_SMTP_TLS=on",
		"JOBBOARD_RATE_LIMITS=off",
		"JOBBOARD_TRUSTED_PROXY_HEADERS=X-Real-IP, X-Forwarded-For",
		"JOBBOARD_SMTP_HOST=",
		"JOBBOARD_PORT_8090_TCP=tcp://10.0.0.1:8090", // as Kubernetes sets for a service of that name
		"HOME=/nowhere",
	)
	if err != nil {
		t.Fatal(err)
	}
	if c.URL != "https://jobs.example.org" {
		t.Errorf("URL is %q, want it without the last slash", c.URL)
	}
	if c.SMTPPort != 2525 || !c.SMTPTLS || c.RateLimits {
		t.Errorf("port %d, TLS %v, rate limits %v; want 2525, true, false", c.SMTPPort, c.SMTPTLS, c.RateLimits)
	}
	if got := strings.Join(c.TrustedProxyHeaders, "|"); got != "X-Real-IP|X-Forwarded-For" {
		t.Errorf("trusted headers are %q", got)
	}
	if c.NotificationDays != 365 {
		t.Errorf("notification days are %d, want the default 365", c.NotificationDays)
	}
	for _, setting := range c.Settings() {
		if setting.Variable == "JOBBOARD_SMTP_HOST" && setting.Given {
			t.Error("an empty variable counts as given")
		}
	}
}

func TestFlagsWinOverTheEnvironment(t *testing.T) {
	c, err := load(
		[]string{"serve", "--http", "127.0.0.1:0", "--name=By flag", "--rate-limits", "--unknown", "--smtp-port", "26"},
		"JOBBOARD_NAME=By environment", "JOBBOARD_RATE_LIMITS=off", "JOBBOARD_SMTP_PORT=25",
	)
	if err != nil {
		t.Fatal(err)
	}
	if c.Name != "By flag" || !c.RateLimits || c.SMTPPort != 26 {
		t.Errorf("name %q, rate limits %v, port %d; want the flags' values", c.Name, c.RateLimits, c.SMTPPort)
	}
}

func TestEveryCommandKnowsTheFlagsAndNoneIsASecret(t *testing.T) {
	root := &cobra.Command{Use: "jobboard"}
	serve := &cobra.Command{Use: "serve", Run: func(*cobra.Command, []string) {}}
	root.AddCommand(serve)
	if _, err := config.Load(root, nil, nil); err != nil {
		t.Fatal(err)
	}
	root.SetArgs([]string{"serve", "--smtp-host", "mail.example.org"})
	if err := root.Execute(); err != nil {
		t.Errorf("serve refuses a flag of the configuration: %v", err)
	}
	for _, secret := range []string{"smtp-password", "admin-password"} {
		if root.PersistentFlags().Lookup(secret) != nil {
			t.Errorf("the secret %s can be given on the command line", secret)
		}
	}
}

func TestSecretsComeFromFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("from a file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := load(nil, "JOBBOARD_SMTP_PASSWORD_FILE="+file)
	if err != nil {
		t.Fatal(err)
	}
	if c.SMTPPassword != "from a file" {
		t.Errorf("the password is %q", c.SMTPPassword)
	}
	if shown := c.String(); strings.Contains(shown, "from a file") || !strings.Contains(shown, "JOBBOARD_SMTP_PASSWORD=(set)") {
		t.Errorf("the configuration shows as:\n%s\nwant the password as (set)", shown)
	}
}

func TestWrongValuesStopTheStart(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		environ []string
		names   string
	}{
		"address without scheme":  {[]string{"JOBBOARD_URL=jobs.example.org"}, "JOBBOARD_URL"},
		"address with a password": {[]string{"JOBBOARD_URL=https://me:pw@jobs.example.org"}, "JOBBOARD_URL"},
		"address with a query":    {[]string{"JOBBOARD_URL=https://jobs.example.org/?a=b"}, "JOBBOARD_URL"},
		"port in words":           {[]string{"JOBBOARD_SMTP_PORT=smtp"}, "JOBBOARD_SMTP_PORT: must be a whole number"},
		"port too high":           {[]string{"JOBBOARD_SMTP_PORT=70000"}, "JOBBOARD_SMTP_PORT"},
		"port zero":               {[]string{"JOBBOARD_SMTP_PORT=0"}, "JOBBOARD_SMTP_PORT"},
		"host with a scheme":      {[]string{"JOBBOARD_SMTP_HOST=smtp://mail.example.org"}, "JOBBOARD_SMTP_HOST"},
		"unknown login":           {[]string{"JOBBOARD_SMTP_AUTH=cram-md5"}, "JOBBOARD_SMTP_AUTH"},
		"switch that is neither":  {[]string{"JOBBOARD_RATE_LIMITS=maybe"}, "JOBBOARD_RATE_LIMITS: must be on or off"},
		"sender with a name":      {[]string{"JOBBOARD_SENDER_ADDRESS=Jobs <jobs@example.org>"}, "JOBBOARD_SENDER_ADDRESS"},
		"sender without a domain": {[]string{"JOBBOARD_SENDER_ADDRESS=jobs"}, "JOBBOARD_SENDER_ADDRESS"},
		"header with a space":     {[]string{"JOBBOARD_TRUSTED_PROXY_HEADERS=X Real IP"}, "JOBBOARD_TRUSTED_PROXY_HEADERS"},
		"unknown log level":       {[]string{"JOBBOARD_LOG_LEVEL=loud"}, "JOBBOARD_LOG_LEVEL"},
		"negative days":           {[]string{"JOBBOARD_NOTIFICATION_DAYS=-1"}, "JOBBOARD_NOTIFICATION_DAYS"},
		"batch without requests":  {[]string{"JOBBOARD_BATCH_MAX_REQUESTS=0"}, "JOBBOARD_BATCH_MAX_REQUESTS"},
		"batch of a terabyte":     {[]string{"JOBBOARD_BATCH_MAX_BODY_MB=1000000"}, "JOBBOARD_BATCH_MAX_BODY_MB"},
		"secret given twice": {[]string{"JOBBOARD_SMTP_PASSWORD=a", "JOBBOARD_SMTP_PASSWORD_FILE=" + empty},
			"JOBBOARD_SMTP_PASSWORD_FILE"},
		"secret in an empty file":  {[]string{"JOBBOARD_SMTP_PASSWORD_FILE=" + empty}, "JOBBOARD_SMTP_PASSWORD_FILE"},
		"secret in an absent file": {[]string{"JOBBOARD_SMTP_PASSWORD_FILE=" + empty + "-absent"}, "JOBBOARD_SMTP_PASSWORD_FILE"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(nil, test.environ...)
			if err == nil || !strings.Contains(err.Error(), test.names) {
				t.Errorf("error is %v, want one with %s", err, test.names)
			}
		})
	}
}

func TestAllWrongValuesAreNamedAtOnce(t *testing.T) {
	_, err := load([]string{"--log-level", "loud"}, "JOBBOARD_URL=nowhere", "JOBBOARD_SMTP_PORT=x")
	for _, variable := range []string{"JOBBOARD_LOG_LEVEL", "JOBBOARD_URL", "JOBBOARD_SMTP_PORT"} {
		if err == nil || !strings.Contains(err.Error(), variable) {
			t.Errorf("error is %v, want it to name %s", err, variable)
		}
	}
}

func TestUnknownVariablesAreNamed(t *testing.T) {
	c, err := load(nil,
		"JOBBOARD_SMPT_HOST=mail.example.org", "JOBBOARD_SENDER=jobs@example.org", "JOBBOARD_METRICS_TOKEN_FIEL=/run/token", "JOBBOARD_XYZ=1",
		"JOBBOARD_PORT=8080", "JOBBOARD_EMPTY=", "JOBBOARD_NAME=Jobs", "JOBBOARD_URL_FILE=/run/url",
		"JOBBOARD_SERVICE_HOST=10.0.0.1", "JOBBOARD_PORT_8090_TCP_ADDR=10.0.0.1", // as Kubernetes sets
	)
	if err != nil {
		t.Fatal(err)
	}
	want := "JOBBOARD_METRICS_TOKEN_FIEL (did you mean JOBBOARD_METRICS_TOKEN_FILE?)|JOBBOARD_PORT (that is the flag --http)|" +
		"JOBBOARD_SENDER (did you mean JOBBOARD_SENDER_NAME?)|JOBBOARD_SMPT_HOST (did you mean JOBBOARD_SMTP_HOST?)|" +
		"JOBBOARD_URL_FILE|JOBBOARD_XYZ"
	if got := strings.Join(c.Unknown(), "|"); got != want {
		t.Errorf("unknown are\n%s, want\n%s", got, want)
	}
}

func TestBackupScheduleIsCheckedAndCanBeOff(t *testing.T) {
	for given, ok := range map[string]bool{"off": true, "@daily": true, "0 3 * * *": true, "nightly": false, "0 25 * * *": false} {
		if _, err := load(nil, "JOBBOARD_BACKUP_SCHEDULE="+given); (err == nil) != ok {
			t.Errorf("%s: %v", given, err)
		}
	}
	app := start(t, t.TempDir(), "JOBBOARD_BACKUP_SCHEDULE=@weekly", "JOBBOARD_BACKUP_KEEP=3")
	if got := app.Settings().Backups; got.Cron != "@weekly" || got.CronMaxKeep != 3 {
		t.Errorf("backups are made %q, %d are kept", got.Cron, got.CronMaxKeep)
	}
}
