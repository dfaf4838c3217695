// Package api is the REST API: an Echo app behind PocketBase's router. Every call becomes record operations under the caller's token,
// so that rules, hooks and side effects are the same as at PocketBase's own API.
//
// # Three ways to read
//
// A forwarded request is the usual one ([call.view], [call.requestAs]): the handler makes a request to PocketBase's own API in
// memory, and everything that PocketBase does with a request happens. Every write goes this way too.
//
// A known list ([call.listTrusted]) is for lists whose conditions the board has written itself. It applies the list rule and runs the
// hooks of a list request as PocketBase does, but its conditions may use fields that callers may not filter by, and PocketBase does
// not take a list that comes out empty for an attempt to guess.
//
// Public rows ([recordjson.PublicRows]) are for the hits of a search. Most who search see of a record what everybody sees, so it is
// written straight from its row, which takes a fraction of the time that PocketBase's records take. Where anything might make a
// difference between callers, the hits are read as records instead ([call.recordItems]).
package api
