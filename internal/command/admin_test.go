package command_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/account"
	"jobboard/internal/command"
	"jobboard/internal/testapp"
)

func adminCreate(b *testapp.Board, email, password string) (string, error) {
	var out bytes.Buffer
	admin := command.NewAdminCommand(b.TestApp, password)
	admin.SetArgs([]string{"create", email})
	admin.SetOut(&out)
	admin.SetErr(&out)
	admin.SetIn(strings.NewReader(""))
	err := admin.Execute()
	return out.String(), err
}

// mustLogIn logs in as both that the command makes.
func mustLogIn(t *testing.T, b *testapp.Board, email, password string) {
	t.Helper()
	for _, collection := range []string{collections.Users, core.CollectionNameSuperusers} {
		answer := b.Call(nil, "POST", "/api/collections/"+collection+"/auth-with-password",
			map[string]any{"identity": email, "password": password})
		if answer.Status != 200 {
			t.Errorf("log in at %s: %d %s", collection, answer.Status, answer.Raw)
		}
	}
}

func TestAdminCreateMakesAdminAndSuperuser(t *testing.T) {
	t.Parallel()
	const email = "boss@example.com"
	t.Run("with the password of the environment", func(t *testing.T) {
		b := testapp.NewBoard(t, hooks.Bind)
		out, err := adminCreate(b, email, "from the environment")
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out, "from the environment") {
			t.Error("a given password was printed")
		}
		mustLogIn(t, b, email, "from the environment")
		user, err := b.FindAuthRecordByEmail(collections.Users, email)
		if err != nil || !account.IsActiveAdmin(user) || !user.Verified() {
			t.Errorf("the user is no verified, active admin (%v)", err)
		}
	})
	t.Run("with a password of its own", func(t *testing.T) {
		b := testapp.NewBoard(t, hooks.Bind)
		out, err := adminCreate(b, email, "")
		if err != nil {
			t.Fatal(err)
		}
		printed := regexp.MustCompile(`(?m)^Password: (\S{20,})$`).FindStringSubmatch(out)
		if printed == nil {
			t.Fatalf("no password in %q", out)
		}
		mustLogIn(t, b, email, printed[1])
	})
}

func TestAdminCreateMakesWhatIsMissing(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	boss := b.Superuser("boss")
	if _, err := adminCreate(b, boss.Email(), "another password"); err != nil {
		t.Fatal(err)
	}
	if !b.Reload(boss).ValidatePassword(testapp.Password) {
		t.Error("the superuser's password was changed")
	}
	out, err := adminCreate(b, boss.Email(), "a third password")
	if err != nil || !strings.Contains(out, "nothing to do") {
		t.Errorf("the second time: %q, %v", out, err)
	}
}

func TestAdminCreateRefuses(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	seeker := b.Seeker("ada")
	for name, c := range map[string]struct{ email, password string }{
		"somebody else's address": {seeker.Email(), "long enough password"},
		"no address":              {"boss", "long enough password"},
		"a short password":        {"boss@example.com", "short"},
	} {
		t.Run(name, func(t *testing.T) {
			if out, err := adminCreate(b, c.email, c.password); err == nil {
				t.Errorf("no error: %s", out)
			}
			for table, want := range map[string]int64{collections.Users: 1, core.CollectionNameSuperusers: 0} {
				if n, err := b.CountRecords(table); err != nil || n != want {
					t.Errorf("%d rows in %s (%v), want %d", n, table, err, want)
				}
			}
		})
	}
	if b.Reload(seeker).GetString("role") != collections.RoleJobSeeker {
		t.Error("the seeker was promoted")
	}
}

func TestAdminPassword(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	const email = "boss@example.com"
	if _, err := adminCreate(b, email, "the first password"); err != nil {
		t.Fatal(err)
	}
	user, err := b.FindAuthRecordByEmail(collections.Users, email)
	if err != nil {
		t.Fatal(err)
	}
	before := b.Token(user)
	set := func(address, variable, input string) error {
		out, err := execute(command.NewAdminCommand(b.TestApp, variable), input, "password", address)
		for _, secret := range []string{variable, strings.TrimSpace(input)} {
			if secret != "" && strings.Contains(out, secret) {
				t.Errorf("the password is printed: %s", out)
			}
		}
		return err
	}
	if err := set("Boss@example.com", "", "from the input\n"); err != nil {
		t.Fatal(err)
	}
	mustLogIn(t, b, email, "from the input")
	if got := b.CallWithToken(before, "GET", testapp.Records(collections.Users, user.Id), nil); got.Status != 404 {
		t.Errorf("an old token is answered with %d", got.Status)
	}
	if err := set(email, "from the environment", ""); err != nil {
		t.Fatal(err)
	}
	mustLogIn(t, b, email, "from the environment")
	seeker := b.Seeker("ada")
	for name, c := range map[string]struct{ email, input string }{
		"a seeker":         {seeker.Email(), "long enough password"},
		"nobody":           {"nobody@example.com", "long enough password"},
		"no password":      {email, ""},
		"a short password": {email, "short\n"},
	} {
		if err := set(c.email, "", c.input); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	mustLogIn(t, b, email, "from the environment")
	if !b.Reload(seeker).ValidatePassword(testapp.Password) {
		t.Error("the seeker's password was changed")
	}
}
