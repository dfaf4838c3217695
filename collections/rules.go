package collections

// The conditions that several API rules share. PocketBase has no rule functions, so they are Go constants.
const (
	loggedIn   = `@request.auth.id != ""`
	asAdmin    = `@request.auth.role = "admin"`
	asEmployer = `@request.auth.role = "employer"`
	asSeeker   = `@request.auth.role = "job_seeker"`
)

// employerPeople is true when the caller is one of the employer's people: its owner or a member, and an employer by role, so that
// a person who lost the role has lost the rights. (A deactivated one has no token to call with.) field
// holds the employer's id.
func employerPeople(field string) string {
	return `(` + asEmployer + ` && isMyEmployer(` + field + `) = true)`
}

// profileVisible is true when the caller, one of an employer's people, may see the profile of a user: "employers" profiles are
// open to every employer, "applied_only" ones to those the seeker has applied to, hidden and deactivated ones to nobody. user
// is the field that holds the user's id, and visibility the profile's.
func profileVisible(visibility, user string) string {
	return `(` + asEmployer + ` && isActive(` + user + `) = true && (
	(` + visibility + ` = "employers" && haveEmployer() = true)
	|| (` + visibility + ` != "hidden" && isMyApplicant(` + user + `) = true)
))`
}
