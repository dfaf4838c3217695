package command_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"jobboard/internal/command"
	"jobboard/internal/config"
)

func TestConfigIsListedWithoutSecrets(t *testing.T) {
	t.Parallel()
	c, err := config.Load(&cobra.Command{}, []string{"--name", "Shown"}, []string{"JOBBOARD_SMTP_PASSWORD=hidden"})
	if err != nil {
		t.Fatal(err)
	}
	list := command.NewConfigCommand(c)
	var out bytes.Buffer
	list.SetOut(&out)
	list.SetArgs([]string{})
	if err := list.Execute(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"JOBBOARD_NAME", "--name", "Shown", "JOBBOARD_SMTP_PASSWORD_FILE", "(set)"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the list lacks %q:\n%s", want, &out)
		}
	}
	if strings.Contains(out.String(), "hidden") {
		t.Errorf("the list shows a secret:\n%s", &out)
	}
}
