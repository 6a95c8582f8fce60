package cli

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails when a goroutine outlives the tests, and when the tests together leave out what they are to cover.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		all := flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.skip").Value.String() == ""
		if code == 0 && all {
			for _, member := range uncoveredMembers() {
				fmt.Printf("no test of package cli has a document with %s, and testdata/unseen_members.txt says that one has\n", member)
				code = 1
			}
		}
		os.Exit(code)
	}))
}
