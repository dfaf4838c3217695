package changes

// Trim deletes the changes that are old at a time.
var Trim = trim
