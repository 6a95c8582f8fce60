// Package ledger is what a state directory holds between runs. For now that is a lock, which keeps a second sender out.
package ledger
