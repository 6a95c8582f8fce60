package cli

// The names of commands, and of a topic of help.
const (
	backfillCommand = "backfill"
	syncCommand     = "sync"
	retryCommand    = "retry"
	checkCommand    = "check"
	initCommand     = "init"
	inspectCommand  = "inspect"
	previewCommand  = "preview"

	cronTopic   = "cron"   // the flags for runs that nobody watches
	reportTopic = "report" // the files for people that a run writes
)

// schemaPage is the page of help that is the JSON schema of the documents of --json.
const schemaPage = "json-schema"

// stdinSource is the SOURCE that stands for standard input.
const stdinSource = "-"

// The names of flags that more than one file uses. Package terminal has two more, which summaries name.
const (
	stateFlag       = "state"
	tmpFlag         = "tmp"
	cacheFlag       = "cache"
	operationsFlag  = "operations"
	metricsFlag     = "metrics-file"
	pingFlag        = "ping-url"
	logFileFlag     = "log-file"
	profileFlag     = "cpuprofile"
	rejectsCSVFlag  = "rejects-csv"
	profilesCSVFlag = "profiles-csv"
	dotsFlag        = "dots" // its value may be any text, even none

	maxProfilesFlag = "max-profiles" // nothing is sent if this limit would be exceeded
	mappingFlag     = "mapping"      // the mapping file
)

// The names of settings that no flag has.
const (
	varSiteID   = "CUSTOMERIO_SITE_ID"
	varAPIKey   = "CUSTOMERIO_API_KEY"
	varRegion   = "CUSTOMERIO_REGION"
	varTrackURL = "CUSTOMERIO_TRACK_URL"

	awsPrefix   = "AWS_"   // of the settings that Amazon's library reads
	azurePrefix = "AZURE_" // of those that Azure's programs read
)
