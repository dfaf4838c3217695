package config_test

import (
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	_ "github.com/pocketbase/pocketbase/migrations"
)

// start opens a board in dir with this environment.
func start(t *testing.T, dir string, environ ...string) *core.BaseApp {
	t.Helper()
	c, err := load(nil, environ...)
	if err != nil {
		t.Fatal(err)
	}
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir})
	c.Bind(app)
	if err := app.Bootstrap(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := app.ResetBootstrapState(); err != nil {
			t.Error(err)
		}
	})
	return app
}

// storedSettings is what the database holds, as text.
func storedSettings(t *testing.T, app core.App) string {
	t.Helper()
	param := &core.Param{}
	if err := app.ModelQuery(param).Model("settings", param); err != nil {
		t.Fatal(err)
	}
	return string(param.Value)
}

func TestConfigurationWinsWithoutBeingStored(t *testing.T) {
	dir := t.TempDir()
	app := start(t, dir,
		"JOBBOARD_URL=https://jobs.example.org",
		"JOBBOARD_SMTP_HOST=mail.example.org",
		"JOBBOARD_SMTP_PASSWORD=hush-hush",
		"JOBBOARD_RATE_LIMITS=on",
		"JOBBOARD_LOG_LEVEL=warn",
		"JOBBOARD_BATCH_MAX_BODY_MB=2",
		"JOBBOARD_TRUSTED_PROXY_HEADERS=X-Real-IP",
	)

	settings := app.Settings()
	if settings.Meta.AppURL != "https://jobs.example.org" || !settings.SMTP.Enabled || settings.SMTP.Host != "mail.example.org" ||
		settings.SMTP.Password != "hush-hush" || !settings.RateLimits.Enabled || settings.Logs.MinLevel != 4 ||
		settings.Batch.MaxBodySize != 2<<20 || len(settings.TrustedProxy.Headers) != 1 {
		t.Fatalf("the configuration is not in force: %s", settings)
	}

	// the admin UI saves a copy of all settings with one of them changed
	changed, err := settings.Clone()
	if err != nil {
		t.Fatal(err)
	}
	changed.Meta.AppName = "Renamed by an admin"
	changed.Meta.AppURL = "https://elsewhere.example.org"
	if err := app.Save(changed); err != nil {
		t.Fatal(err)
	}

	if got := app.Settings().Meta.AppName; got != "Renamed by an admin" {
		t.Errorf("the name is %q: what is not configured shall be the admin's", got)
	}
	if got := app.Settings().Meta.AppURL; got != "https://jobs.example.org" {
		t.Errorf("the address is %q after a save, want the configured one", got)
	}
	if got := app.Settings().SMTP.Password; got != "hush-hush" {
		t.Errorf("the password is %q after a save, want the configured one", got)
	}
	stored := storedSettings(t, app)
	for _, leaked := range []string{"hush-hush", "mail.example.org", "X-Real-IP"} {
		if strings.Contains(stored, leaked) {
			t.Errorf("%s went into the database: %s", leaked, stored)
		}
	}
	if !strings.Contains(stored, "https://elsewhere.example.org") {
		t.Errorf("the address that the admin saved is lost: %s", stored)
	}
}

func TestAdminSettingsAreBackWithoutTheConfiguration(t *testing.T) {
	dir := t.TempDir()
	first := start(t, dir, "JOBBOARD_SENDER_NAME=From the environment")
	if err := first.Save(first.Settings()); err != nil { // in place, as migrations do
		t.Fatal(err)
	}
	if got := first.Settings().Meta.SenderName; got != "From the environment" {
		t.Fatalf("the sender is %q, want the configured one", got)
	}
	second := start(t, dir)
	if got := second.Settings().Meta.SenderName; got != "Support" {
		t.Errorf("the sender is %q without the variable, want PocketBase's default Support", got)
	}
}
