package collections

// The conditions that several API rules share. PocketBase has no rule functions, so they are Go constants.
const (
	loggedIn   = `@request.auth.id != ""`
	asAdmin    = `@request.auth.role = "admin"`
	asEmployer = `@request.auth.role = "employer"`
	asSeeker   = `@request.auth.role = "job_seeker"`
)

// profileVisible is true when the caller, one of an employer's people, may see the profile of a user: "employers" profiles are
// open to every employer, "applied_only" ones to those the seeker has applied to, hidden and deactivated ones to nobody. user
// is the field that holds the user's id, and visibility the profile's.
func profileVisible(visibility, user string) string {
	return `(` + asEmployer + ` && isActive(` + user + `) = true && (
	(` + visibility + ` = "employers" && haveEmployer() = true)
	|| (` + visibility + ` != "hidden" && isMyApplicant(` + user + `) = true)
))`
}
