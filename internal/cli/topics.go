package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ph2cio/internal/mapping"
)

// newTopics are help pages that are no commands.
func newTopics(*program) []*cobra.Command {
	flags := pflag.NewFlagSet("all", pflag.ContinueOnError)
	new(mappingOptions).addFlags(flags, "hold")
	new(sendingOptions).addFlags(flags)
	new(stdinOptions).addFlags(flags)
	addLogFlag(flags)
	annotate(flags, cronTopic, logFlag)
	return []*cobra.Command{
		page("identity", "Who is one person, who is sent, and the flags for it", identityText(flags)),
		page("mapping", "What an event and a person become, and the flags for it", mappingText(flags)),
		page("reading", "What can be read, and the flags for it", readingText(flags)),
		page("sending", "Pace, limits and the flags for it", sendingText(flags)),
		page(cronTopic, "Runs that nobody watches, and the flags for them", cronText(flags)),
		page("environment", "Settings from the environment and .env", environmentText),
		page("exit-codes", "What the exit code says", exitCodesText),
	}
}

func page(name, short, long string) *cobra.Command {
	return &cobra.Command{Use: name, Short: short, Long: strings.TrimSpace(long)}
}

func mappingText(flags *pflag.FlagSet) string {
	everywhere, inURLs := mapping.SecretNames()
	return `$pageview becomes a page, $screen a screen, any other event an event of its own name. $identify
and $set only feed the person. Every other name with a $ is PostHog's own and skipped as noise unless --events
names it: --events '[^$]*,$pageview,$screen,$my_event' sends $my_event beside all that is sent anyway.

unsubscribed, id, phone and what else means consent, identity or routing in Customer.io is dropped, also with a
dot and more behind it, unless --allow-reserved names it. With --allow-reserved unsubscribed, people who opted
out in PostHog's workflows ($workflows_email_unsubscribed) have it too.

Values of these properties, and of parameters with these names in the query, fragment or path (;jsessionid=) of a URL,
become "redacted", also spelled accessToken or access-token, and percent-encoded:
` + wrap(everywhere, 100) + `
and in URLs only, with code and state where both stand together, as where a login comes back, and what stands
before the @ of a host:
` + wrap(inURLs, 100) + `
Names that harmless parameters have too (key, auth, session, ticket, otp) are hidden with --redact-query.

` + topicFlags("mapping", flags) + `
Templates: text and {event.event} {event.distinct_id} {event.raw_distinct_id} {event.uuid}
{event.timestamp} {event.elements_chain} {event.properties.NAME} {person.id} {person.properties.NAME}

Never sent, even with --properties all:
` + wrap(mapping.Plumbing(), 100)
}

// wrap lays words out in lines of so many columns.
func wrap(words []string, width int) string {
	var b strings.Builder
	column := 0
	for _, word := range words {
		if column > 0 && column+1+len(word) > width {
			b.WriteString("\n")
			column = 0
		}
		if column > 0 {
			b.WriteString(" ")
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String()
}

func sendingText(flags *pflag.FlagSet) string {
	return `Requests carry up to 500,000 bytes. The published limit is 1000 requests a second; whether a batch counts as
one is not written anywhere, so the default is 10. Replies of 429 slow the run down, it recovers by itself. While the
API fails, it is asked about once a second until it answers. 401 and 403 end the run at once.

` + topicFlags("sending", flags)
}

func cronText(flags *pflag.FlagSet) string {
	return `The exit code says how a run went (ph2cio help exit-codes), and the README has a crontab, a systemd timer and a
Kubernetes CronJob. A run that was stopped goes on the next time; two at once keep out of each other's way.
Sync asks nothing. Backfill and retry do, and need --yes where standard input or standard error is no terminal, or
stderr is a log of JSON: they send nothing without it, and end with exit code 2.

` + topicFlags(cronTopic, flags) + `
What --metrics-file holds is of the last run, but the time of the last success, which is kept: when it ended, its exit
code and duration, rows, people and operations by what became of them, requests, bytes, retries, answers of 429. The
label name is the file's. It is written at the end of every run that began, also one that failed; a dry run writes none.
It replaces only a file of metrics or an empty one, and no link; see "Files" in ` + "`ph2cio help environment`" + `.

--ping-url is told at URL/start, URL and URL/fail, as Healthchecks.io has it, with the exit code as text. Words in the
URL are put where another monitor wants them: https://cronitor.link/p/KEY/nightly?state={run|complete|fail}. A URL with
any other query is told of success only. A ping takes 10 s at most and never fails the run. The URL is not shown.

With --quiet nothing is told of a run without warnings, rejects and errors, and the whole of any other in one line on
stderr. Without it, a log gets a line of progress every 30 s and that one line of every run. A log of JSON has a record
of each warning and the counts of a run in its last; stdout then has nothing but a document that --json asks for.`
}

const environmentText = `
CUSTOMERIO_SITE_ID    Track API site ID        (or CUSTOMERIO_SITE_ID_FILE, a file that holds it)
CUSTOMERIO_API_KEY    Track API key            (or CUSTOMERIO_API_KEY_FILE)
CUSTOMERIO_REGION     us or eu; found out when left out
CUSTOMERIO_TRACK_URL  another base URL, such as http://127.0.0.1:8099 of ` + "`ph2cio sandbox`" + `

Every flag is also PH2CIO_ and its name: --batch-items is PH2CIO_BATCH_ITEMS. A flag on the command line wins over
the environment, which wins over .env, which wins over the default. A flag that may be repeated takes one value a line.
An empty variable is none, and in the environment takes away what .env says. A flag with an empty value is refused.
NO_COLOR turns colours off. HTTPS_PROXY and NO_PROXY are honoured. .env.example lists everything.

The file .env here, or the one that --env-file or PH2CIO_ENV_FILE names, is read as systemd reads an EnvironmentFile=,
so that one file serves both:
  NAME=value      blanks around the name and the value go; the rest is the value, with = in it or a $ that stays
  NAME='value'    all as it stands, over several lines too
  NAME="value"    the same, but \" \\ \$ and \` + "`" + ` lose their backslash, and one at the end of a line joins it to the next
  # or ;          begins a line of comment
UTF-8, with or without a byte order mark, and either kind of line end. Of a name that comes twice the last counts.

Where people mean something else than systemd reads, a line with PH2CIO_ or CUSTOMERIO_ is refused by its number: a
comment behind a value, a backslash without quotes, \n in double quotes, text behind a closing quote. Lines behind
export are read, with a warning, since systemd leaves them out. Settings of other programs may stand as they like.

Files: .env, a file that --env-file, --ca-cert or a variable with _FILE names are regular files of at most 1 MiB, and
those of --existing and --exclude-people are regular files. A pipe, such as <(command), is refused: save what it
gives, or put a credential into its variable. --env-file /dev/null leaves .env out.
What --metrics-file and --operations write replaces only a file that was written for the same flag, or an empty one;
never a source, a file that a flag or variable names, or what is in a state directory, whatever its name, and not
where it would be read as a source (metrics called *.prom are not). --operations may also be a pipe or a device.
What breaks these rules ends with exit code 2, but a list of people with 6 and a file of a credential with 4.`
