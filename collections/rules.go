package collections

// The conditions that several API rules share. PocketBase has no rule functions, so they are Go constants.
const (
	loggedIn   = `@request.auth.id != ""`
	asAdmin    = `@request.auth.role = "admin"`
	asEmployer = `@request.auth.role = "employer"`
	asSeeker   = `@request.auth.role = "job_seeker"`
)

// peopleOf is true when the caller is one of the employer's people: its owner or a member, and an employer by role, so that
// a person who lost the role has lost the rights. (A deactivated one has no token to call with.) path is the path to the employer ("" for the employer itself).
func peopleOf(path string) string {
	if path != "" {
		path += "."
	}
	return `(` + asEmployer + ` && (` + path + `owner ?= @request.auth.id || ` + path + `members:each ?= @request.auth.id))`
}

// ofSome is true when the caller is one of the people of any employer at all.
const ofSome = `(` + asEmployer + ` && (@request.auth.employers_via_owner.id ?!= "" || @request.auth.employers_via_members.id ?!= ""))`

// profileSeen is true when the caller, one of an employer's people, may see the profile of the user at path user:
// "employers" profiles are open to every employer, "applied_only" ones to those the seeker has applied to, hidden and
// deactivated ones to nobody. profile is the path to the profile ("" for the profile itself).
func profileSeen(profile, user string) string {
	if profile != "" {
		profile += "."
	}
	return `(` +
		user + `.deactivatedAt = "" && (` +
		`(` + profile + `visibility ?= "employers" && ` + ofSome + `) || ` +
		`(` + profile + `visibility ?!= "hidden" && ` + peopleOf(user+".applications_via_seeker.job.employer") + `)))`
}
