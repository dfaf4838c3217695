package collections

// The conditions that several API rules share.
const (
	loggedIn   = `@request.auth.id != ""`
	asAdmin    = `@request.auth.role = "admin"`
	asEmployer = `@request.auth.role = "employer"`
	asSeeker   = `@request.auth.role = "job_seeker"`
)

// profileVisible returns the rule that the caller, one of an employer's people, may see the profile of a user: "employers" profiles
// are visible to every employer, "applied_only" ones to those the seeker has applied to, hidden and deactivated ones to nobody. user
// is the field with the user's id, visibility the one with the profile's visibility.
func profileVisible(visibility, user string) string {
	return `(` + asEmployer + ` && isActive(` + user + `) = true && (
	(` + visibility + ` = "employers" && haveEmployer() = true)
	|| (` + visibility + ` != "hidden" && isMyApplicant(` + user + `) = true)
))`
}
