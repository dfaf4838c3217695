package migrations

import (
	"fmt"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// The links of account mails led to PocketBase's own pages and lead to the board's from now on. Only the links are changed, so
// that what an administrator has written around them stays.
func init() {
	m.Register(func(app core.App) error {
		users, err := app.FindCollectionByNameOrId("users")
		if err != nil {
			return fmt.Errorf("find the users: %w", err)
		}
		links := strings.NewReplacer(
			"{APP_URL}/_/#/auth/confirm-verification/{TOKEN}", "{APP_URL}/account/verify?token={TOKEN}",
			"{APP_URL}/_/#/auth/confirm-password-reset/{TOKEN}", "{APP_URL}/account/reset?token={TOKEN}",
			"{APP_URL}/_/#/auth/confirm-email-change/{TOKEN}", "{APP_URL}/account/email?token={TOKEN}",
		)
		for _, template := range []*core.EmailTemplate{
			&users.VerificationTemplate, &users.ResetPasswordTemplate, &users.ConfirmEmailChangeTemplate,
		} {
			template.Body = links.Replace(template.Body)
		}
		return app.Save(users)
	}, nil)
}
