// Package transfer imports jobs: it saves what the readers of package formats read.
package transfer
