package notify

// What runs on a schedule in the binary, for tests to call directly.
var DeleteOldNotifications = deleteOldNotifications

const MarkReadBatch = markReadBatch // notifications that one statement marks as read
