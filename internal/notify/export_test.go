package notify

// What the tests drive by hand, which in the binary the clock does.
var DeleteOldNotifications = deleteOldNotifications

const MarkReadBatch = markReadBatch // notifications that one statement marks as read
