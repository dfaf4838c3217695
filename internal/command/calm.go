package command

import "runtime"

// niceness is by how much less the system prefers a calm process to others. Much less, and it would be stopped for long while it holds
// the write lock.
const niceness = 5

// calmDown makes this process leave half of the processors to others, and give way to them on the rest. It is for work beside a serving
// board, whose answers matter more.
func calmDown() {
	runtime.GOMAXPROCS(max(1, runtime.NumCPU()/2))
	lowerPriority(niceness)
}
