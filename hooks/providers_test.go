package hooks

import (
	"testing"

	"github.com/pocketbase/pocketbase/tools/auth"
)

func TestNameAtProvider(t *testing.T) {
	for _, c := range []struct {
		user auth.AuthUser
		want string
	}{
		{auth.AuthUser{Name: " Paula Provider ", Username: "paula", Email: "p@example.org"}, "Paula Provider"},
		{auth.AuthUser{Name: " ", Username: "paula", Email: "p@example.org"}, "paula"},
		{auth.AuthUser{Email: "p.provider@example.org"}, "p.provider"},
		{auth.AuthUser{}, ""},
	} {
		if got := nameAtProvider(&c.user); got != c.want {
			t.Errorf("the name of %+v is %q, want %q", c.user, got, c.want)
		}
	}
}
