package realtime

import "github.com/pocketbase/pocketbase/core"

const silentKey = "@realtimeSilent" // on a record, where no field can be named so

// Silence keeps the creation of a record from connected clients, for one that is no news to who may see it.
func Silence(record *core.Record) { record.SetRaw(silentKey, true) }

func isSilent(record *core.Record) bool {
	silent, _ := record.GetRaw(silentKey).(bool)
	return silent
}
