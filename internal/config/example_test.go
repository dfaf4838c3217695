package config_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"jobboard/internal/config"
)

var update = flag.Bool("update", false, "write .env.example anew")

const exampleFile = "../../.env.example"

// .env.example lists the configuration, so it is made from it.
func TestEnvExampleListsEverySetting(t *testing.T) {
	want := envExample()
	if *update {
		if err := os.WriteFile(exampleFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf(".env.example is stale; write it with `go test ./internal/config -update`")
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
