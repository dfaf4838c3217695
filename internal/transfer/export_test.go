package transfer

func init() { countingValidators = 1 }

// Rehearsed returns how many rows were not saved one by one.
func (i *Importer) Rehearsed() int { return i.rehearsed }
