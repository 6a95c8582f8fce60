package main

import "os"

// testSettings has the settings of the tests. They are removed from the environment, because the program
// would warn of PH2CIO_ variables that it does not know.
var testSettings = func() map[string]string {
	taken := map[string]string{}
	for _, name := range []string{"PH2CIO_GROWTH", "PH2CIO_KILLS", "PH2CIO_POWERLOSS", "PH2CIO_SOAK", "PH2CIO_SOAK_NIGHTS", "PH2CIO_STOPS",
		"PH2CIO_STOP_PEOPLE", "PH2CIO_WORLDS", "PH2CIO_WORLD_NIGHTS", "PH2CIO_WORLD_SEED"} {
		taken[name] = os.Getenv(name)
		if err := os.Unsetenv(name); err != nil {
			panic(err)
		}
	}
	return taken
}()
