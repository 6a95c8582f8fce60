package customerio

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails when a goroutine outlives the tests. The process that TestTheProxyOfTheEnvironmentIsUsed
// starts keeps its connection, and ends.
func TestMain(m *testing.M) {
	if os.Getenv("TEST_PROXIED_CA") != "" {
		os.Exit(m.Run())
	}
	goleak.VerifyTestMain(m)
}
