package queryguard

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// sizeOf returns about how many bytes records take as JSON, with everything that is expanded in them. A record that several others expand
// counts each time. known holds the sizes that are known already.
func sizeOf(records []*core.Record, known map[*core.Record]int) int {
	total := 0
	for _, record := range records {
		size, counted := known[record]
		if !counted {
			for _, field := range record.Collection().Fields {
				size += len(field.GetName()) + sizeOfValue(record.GetRaw(field.GetName()))
			}
			for _, expanded := range record.Expand() {
				switch value := expanded.(type) {
				case *core.Record:
					size += sizeOf([]*core.Record{value}, known)
				case []*core.Record:
					size += sizeOf(value, known)
				}
			}
			known[record] = size
		}
		total += size
	}
	return total
}

func sizeOfValue(value any) int {
	switch v := value.(type) {
	case string:
		return len(v)
	case types.JSONRaw:
		return len(v)
	case []string:
		size := 0
		for _, one := range v {
			size += len(one)
		}
		return size
	}
	return 8 // a number, a date or the like
}
