package database

// RefreshStatistics is what the board does at start and every few minutes.
var RefreshStatistics = refreshStatistics
