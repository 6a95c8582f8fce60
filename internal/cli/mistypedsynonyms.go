package cli

// What other programs call the flags and commands that ph2cio has too.

// otherNames are names of flags in other programs, with what they are called here. A command has at most one
// of several.
var otherNames = map[string]string{
	"n": "dry-run", "what-if": "dry-run", "plan": "dry-run", "test": "sandbox dry-run", "simulate": "sandbox",
	"from": "since", "after": "since", "start": "since", "to": "until", "before": "until", "end": "until",
	"include": "events", "filter": "events", "ignore": "skip-events", "exclude-events": "skip-events",
	"users": "people", "who": "people", "user": "only id", "person": "only id", "email": "only id",
	"exclude-person": "exclude-people", "exclude-users": "exclude-people", "skip-people": "exclude-people", "blocklist": "exclude-people",
	"start-over": "restart", "reset": "restart", "again": "restart", "redo": "restart", "force": "yes", "no-confirm": "yes", "assume-yes": "yes",
	"threads": "concurrency", "workers": "concurrency", "parallel": "concurrency", "jobs": "concurrency", "batch-size": "batch-items",
	"rps": "rate", "speed": "rate", "throttle": "rate", "max-people": "max-profiles", "max-cost": "max-profiles", "budget": "max-profiles",
	"output": "operations json", "out": "operations json", "o": "operations json", "data-dir": "state", "temp": "tmp", "temp-dir": "tmp",
	"config": "env-file", "debug": "verbose", "silent": "quiet", "log": "log-file log-format", "logfile": "log-file", "format": "json", "timeout": "max-duration", "wait": "wait-lock",
	"map": "mapping", "mapping-file": "mapping", "rules": "mapping", "tz": "timezone", "project": "team", "environment": "workspace", "account": "workspace", "email-only": "people",
}

// useVariables says what to do where other programs have flags for credentials.
const useVariables = "set `CUSTOMERIO_SITE_ID` and `CUSTOMERIO_API_KEY` in the environment or .env"

// flagAdviceByName says what to do instead of using a flag that ph2cio does not need.
var flagAdviceByName = map[string]string{
	"continue": sameCommand, "resume": sameCommand, "retry": "`ph2cio retry` sends rejected rows again",
	"api-key": useVariables, "apikey": useVariables, "key": useVariables, "site-id": useVariables, "token": useVariables, "credentials": useVariables,
}

const sameCommand = "a run that stopped resumes when you run the same command again"

// otherCommands are commands of other programs, with what they are called here, or with what to do.
var otherCommands = map[string]string{
	"send": backfillCommand, "import": backfillCommand, "run": backfillCommand, "migrate": backfillCommand, "upload": backfillCommand, "push": backfillCommand,
	"plan": "preview", "dry-run": "preview", "show": "inspect", "stats": "inspect", "info": "inspect", "analyze": "inspect",
	"doctor": checkCommand, "validate": checkCommand, "test": checkCommand, "login": initCommand, "auth": initCommand, "setup": initCommand, "configure": initCommand, "config": initCommand,
	"person": "explain", "user": "explain", "who": "explain",
	"server": "sandbox", "mock": "sandbox", "progress": "status", "history": "status",
	"resume": sameCommand + "; `ph2cio status` shows it", "continue": sameCommand + "; `ph2cio status` shows it",
}
