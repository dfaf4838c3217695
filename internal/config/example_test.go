package config_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"jobboard/internal/config"
)

var update = flag.Bool("update", false, "write .env.example and docs/configuration.md anew")

// The files that list the configuration are made from it.
func TestListsOfSettingsAreComplete(t *testing.T) {
	for file, want := range map[string]string{"../../.env.example": envExample(), "../../docs/configuration.md": page(t)} {
		if *update {
			if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s is stale; write it with `go test ./internal/config -update`", file)
		}
	}
}

// What the documentation and the files to copy say to set must exist.
func TestDocsNameKnownVariables(t *testing.T) {
	known := map[string]bool{}
	for _, setting := range (&config.Config{}).Settings() {
		known[setting.Variable] = true
		if setting.Secret {
			known[setting.Variable+"_FILE"] = true
		}
	}
	var files []string
	for _, pattern := range []string{"../../*.md", "../../Dockerfile", "../../docs/*.md", "../../docs/deploy/*"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range regexp.MustCompile(`JOBBOARD_[A-Z0-9_]*[A-Z0-9]\b`).FindAllString(string(text), -1) {
			if !known[name] && !strings.HasPrefix(name, "JOBBOARD_TEST_") {
				t.Errorf("%s names %s, which does not exist", file, name)
			}
		}
	}
}

// The examples must be values that work.
func TestExamplesAreValid(t *testing.T) {
	var environ []string
	for _, setting := range (&config.Config{}).Settings() {
		if setting.Help == "" {
			t.Errorf("%s has no explanation", setting.Variable)
		}
		example := setting.Example
		if setting.Secret {
			example = "a secret"
		}
		environ = append(environ, setting.Variable+"="+example)
	}
	if _, err := load(nil, environ...); err != nil {
		t.Error(err)
	}
}

func envExample() string {
	var text strings.Builder
	text.WriteString(`# The configuration of the job board. Copy this file to .env, take the # off what you need, and hand it over, as in
#   docker run --env-file .env ...     or     set -a; . ./.env; set +a; ./jobboard serve
# What is not given stays as the admin UI has it; what is given wins over it and is not written to the database.
# Each has a flag too (JOBBOARD_SMTP_HOST is --smtp-host), except secrets: those can be read from a file instead
# (JOBBOARD_SMTP_PASSWORD_FILE). A wrong value stops the start.
`)
	for _, setting := range (&config.Config{}).Settings() {
		secret := ""
		if setting.Secret {
			secret = " (secret; or " + setting.Variable + "_FILE)"
		}
		fmt.Fprintf(&text, "\n# %s%s\n#%s=%s\n", setting.Help, secret, setting.Variable, setting.Example)
	}
	return text.String()
}

func page(t *testing.T) string {
	t.Helper()
	defaults, err := load(nil)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	text.WriteString(strings.ReplaceAll(`# Configuration

By environment variables or flags. What is not given stays as the admin UI has it, or has the default below; what is given overrides
the admin UI and is not written to the database. If a value is invalid, the board does not start and names it. Switches are 'on' or 'off'.
'jobboard config' shows the values in use, and 'jobboard doctor' names variables that the board does not know.

Secrets have no flag. They can be read from a file, which the variable with '_FILE' names: 'JOBBOARD_SMTP_PASSWORD_FILE=/run/secrets/smtp'.

| variable | flag | default | meaning |
| --- | --- | --- | --- |
`, "'", "`"))
	for _, setting := range defaults.Settings() {
		flag, value := "`--"+setting.Flag+"`", ""
		if setting.Secret {
			flag = "secret"
		}
		if setting.Value != "" {
			value = "`" + setting.Value + "`"
		}
		fmt.Fprintf(&text, "| `%s` | %s | %s | %s |\n", setting.Variable, flag, value, setting.Help)
	}
	text.WriteString(strings.ReplaceAll(`
On top come the flags of PocketBase: '--dir' (the data folder, which is beside the binary unless said), '--http' and '--https' of 'serve',
and the others that 'jobboard serve --help' lists.
`, "'", "`"))
	return text.String()
}
