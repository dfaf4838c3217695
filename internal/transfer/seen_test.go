package transfer

import (
	"runtime"
	"strconv"
	"testing"
)

func TestJobsThatAnImportHasNamedTakeLittleMemory(t *testing.T) {
	heap := func() uint64 {
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	const jobs = 200_000
	before := heap()
	seen := seenJobs{at: map[jobHash]rowPlace{}}
	for i := range jobs {
		seen.add("a source with a long name, such as an address", "an id with a long name, "+strconv.Itoa(i), "jobs.jsonl", i+1)
	}
	if each := int64(heap()-before) / jobs; each > 80 {
		t.Errorf("each job takes %d bytes", each)
	}
	if file, line, found := seen.find("a source with a long name, such as an address", "an id with a long name, 7"); !found ||
		file != "jobs.jsonl" || line != 8 {
		t.Errorf("found %v in %s line %d", found, file, line)
	}
	if _, _, found := seen.find("another source", "an id with a long name, 7"); found {
		t.Error("found in another source")
	}
	seen.add("x", "1", "other.jsonl", 3)
	if file, line, _ := seen.find("x", "1"); file != "other.jsonl" || line != 3 || seen.len() != jobs+1 {
		t.Errorf("found in %s line %d", file, line)
	}
}
