package cli

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/spf13/pflag"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/customerio"
	"ph2cio/internal/people"
	"ph2cio/internal/source"
)

// identityOptions are the flags that decide who is one person, who is sent, and with which identifier.
type identityOptions struct {
	people          string
	identifyBy      []string
	identifierValue string
	allPeople       bool
	only            []string
	exclude         string
	maxProfiles     int64
	identity        string
	userID          string
	persons         []string
	existing        string
	merge           string
	mergeProfiles   bool
	maxMerges       int64
	memory          string

	flags *pflag.FlagSet // shows whether --only was given
	names *onlyNames     // the names of --only; nil without

	list          lister
	lists         map[string]source.Source        // of --existing and --exclude-people: the objects that were found, by URL
	lateLists     bool                            // lists of people are not read yet, since perhaps there is nothing to send
	personSources func() ([]source.Source, error) // the files of --persons, which are searched for once
}

// The values of flags that take one of several, each with a tab and its meaning.
var (
	peopleChoices = []string{"identified\tpeople who logged in or were identified", "with-email\tpeople with an email, identified or not", "all\talso anonymous visitors"}
	keyChoices    = []string{"id\tthe kept distinct ID", "email\tthe email", "cio_id\tCustomer.io's own ID"}
	mergeChoices  = []string{
		"never\tmerge nothing", "needed\tprofiles that are in Customer.io and turn out to be one person",
		"identify\tthose, and the anonymous ID of every $identify",
	}
	identityChoices = []string{"on\tjoin the IDs of one person", "off\tevery distinct ID is a person of its own"}
)

func (o *identityOptions) addFlags(f *pflag.FlagSet, list lister) {
	o.flags, o.list, o.personSources = f, list, sync.OnceValues(o.findPersons)
	f.StringVar(&o.people, "people", "identified", "which people to send; every profile costs money")
	describe(f, "people", whatToSend, "", inShort(), onPage("identity"), oneOf(peopleChoices...))
	o.addWhoIsWhoFlags(f)
	f.StringSliceVar(&o.only, "only", nil, "send only these people, by ID or email")
	describe(f, "only", tryFirst, "ID,...", mayBeEmpty, inShort(), onPage("identity"))
	f.Int64Var(&o.maxProfiles, maxProfilesFlag, 0, "send nothing if more than N profiles would be new; 0 is no limit")
	describe(f, maxProfilesFlag, safety, "N", sendsSame, inShort(), onPage("identity"))
	f.StringVar(&o.existing, "existing", "", "people already in Customer.io: its people export (CSV); needs the columns id and email")
	describe(f, "existing", safety, "FILE", isRead, inShort(), onPage("identity"), withExtensions("csv"))
	f.StringVar(&o.exclude, "exclude-people", "", "never send people in FILE: an ID or email per line; globs work too, and # begins a comment")
	describe(f, "exclude-people", safety, "FILE", isRead, inShort(), onPage("identity"))
	f.Int64Var(&o.maxMerges, terminal.MaxMergesFlag, 10_000, "send nothing if more than N profiles would be merged; 0 is no limit")
	describe(f, terminal.MaxMergesFlag, safety, "N", sendsSame, onPage("identity"))
	f.BoolVar(&o.allPeople, "all-people", false, "also send people without an event to send, when filters leave events out")
	describe(f, "all-people", whatToSend, "", onPage("identity"))
	f.StringVar(&o.memory, "memory", "1GB", "use about this much memory for what is known of people; the rest goes to disk (--tmp)")
	describe(f, "memory", reading, "SIZE", sendsSame, onPage("identity"))
}

func (o *identityOptions) addWhoIsWhoFlags(f *pflag.FlagSet) {
	f.StringSliceVar(&o.identifyBy, "identify-by", []string{"id"}, "identify people by id, email or cio_id; of several, by the first that a person has")
	describe(f, "identify-by", whatToSend, "KEY,...", inShort(), onPage("identity"), listOf(keyChoices...))
	f.StringArrayVar(&o.persons, "persons", nil, "PostHog's persons export, which says who is who; may be repeated")
	describe(f, "persons", whatToSend, "FILE", isRead, inShort(), onPage("identity"), withExtensions("parquet", "jsonl", "json", "csv", "gz", "zst", "br", "lz4", "sz"))
	f.StringVar(&o.userID, "user-id", "", "pattern of your own user IDs; a person who has one is identified and keeps it")
	describe(f, "user-id", whoIsWho, "REGEXP")
	f.StringVar(&o.identifierValue, "identifier-value", "", "template of the identifier, such as {person.properties.crm_id}")
	describe(f, "identifier-value", whoIsWho, "TEMPLATE")
	f.StringVar(&o.merge, "merge", "needed", "which profiles to merge; needed means those in --existing or sent before")
	describe(f, "merge", whoIsWho, "", oneOf(mergeChoices...))
	f.BoolVar(&o.mergeProfiles, "merge-profiles", false, "merge a person's profiles even if several have a login or an email; it cannot be undone")
	describe(f, "merge-profiles", whoIsWho, "")
	f.StringVar(&o.identity, "identity", "on", "whether to join the IDs of one person; off leaves every distinct ID a person of its own")
	describe(f, "identity", whoIsWho, "", oneOf(identityChoices...))
}

// choice returns who is sent, and by which keys. needEvents leaves out people without an event to send.
// Errors name the flag.
func (o *identityOptions) choice(needEvents bool) (people.Choice, error) {
	who, merges, only := people.Who(o.people), mergeValues[o.merge], o.flags != nil && o.flags.Changed("only")
	var errs []error
	if only && strings.Join(o.only, "") == "" {
		errs = append(errs, errors.New("--only is empty; name at least one ID, or leave it out to send everybody"))
	}
	switch who {
	case people.Identified, people.WithEmail, people.All:
	default:
		errs = append(errs, fmt.Errorf("--people must be identified, with-email or all, not %q", o.people))
	}
	var keys []people.By
	for _, key := range o.identifyBy {
		by, ok := people.ByName(key)
		if !ok {
			errs = append(errs, fmt.Errorf("--identify-by must be id, email or cio_id, not %q", key))
		}
		keys = append(keys, by)
	}
	if len(keys) == 0 {
		errs = append(errs, errors.New("--identify-by is empty; name at least one of id, email and cio_id"))
	}
	errs = append(errs, o.checkMerge(merges, keys)...)
	if o.identifierTemplate() != "" {
		keys = []people.By{people.ByID} // the template names everybody, whatever they have
	}
	return people.Choice{Who: who, By: keys, NeedEvents: needEvents, Merges: merges, MergeProfiles: o.mergeProfiles, Only: only}, errors.Join(errs...)
}

// firstKey is the first key to identify people by.
func (o *identityOptions) firstKey() customerio.Key {
	if len(o.identifyBy) == 0 {
		return "id"
	}
	return customerio.Key(o.identifyBy[0])
}

// keptIDTemplate is the identifier value that PostHog's documentation of its Customer.io destination asks for
// where profiles are to be merged (posthog.com/docs/cdp/destinations).
const keptIDTemplate = "{event.distinct_id}"

// identifierTemplate is the template of --identifier-value. It is empty where that says what is sent without
// it: the kept ID, as id.
func (o *identityOptions) identifierTemplate() string {
	if o.identifierValue == keptIDTemplate && len(o.identifyBy) == 1 && o.identifyBy[0] == "id" {
		return ""
	}
	return o.identifierValue
}

// mergeValues are the values of --merge.
var mergeValues = map[string]people.MergePolicy{"never": people.MergeNever, "needed": people.MergeNeeded, "identify": people.MergeIdentify}

func (o *identityOptions) checkMerge(merges people.MergePolicy, keys []people.By) (errs []error) {
	_, known := mergeValues[o.merge]
	if !known {
		errs = append(errs, fmt.Errorf("--merge must be never, needed or identify, not %q", o.merge))
	}
	if known && o.mergeProfiles && merges == people.MergeNever {
		errs = append(errs, errors.New("--merge-profiles merges profiles, but --merge is never; use only one of them"))
	}
	if merges == people.MergeIdentify {
		switch {
		case len(keys) != 1 || keys[0] != people.ByID:
			errs = append(errs, errors.New("--merge \"identify\" works only if --identify-by is just id, because it names the anonymous profile by its distinct ID"))
		case o.identifierTemplate() != "":
			errs = append(errs, errors.New("--merge \"identify\" works only if --identifier-value is left out or "+keptIDTemplate+
				", because it names the anonymous profile by its distinct ID"))
		}
	}
	if o.identifierValue != "" && len(keys) != 1 {
		errs = append(errs, errors.New("--identifier-value needs exactly one key in --identify-by, the one that the value is for"))
	}
	if o.identity != "on" && o.identity != "off" {
		errs = append(errs, fmt.Errorf("--identity must be on or off, not %q", o.identity))
	}
	if o.maxProfiles < 0 {
		errs = append(errs, fmt.Errorf("--max-profiles must be 0 or more, not %d", o.maxProfiles))
	}
	if o.maxMerges < 0 {
		errs = append(errs, fmt.Errorf("--max-merges must be 0 or more, not %d", o.maxMerges))
	}
	return errs
}

// indexOptions returns how much memory the first pass may use for people, in bytes, and what recognises the
// user's own IDs, nil without --user-id. Errors name the flag.
func (o *identityOptions) indexOptions() (memory int64, userID func(id []byte) bool, err error) {
	var errs []error
	if memory, err = parseBytes(o.memory); err != nil {
		errs = append(errs, fmt.Errorf("--memory %w", err))
	}
	if o.userID != "" {
		pattern, err := regexp.Compile(o.userID)
		if err != nil {
			errs = append(errs, fmt.Errorf("--user-id %q is not a valid regular expression: %w", o.userID, err))
		} else {
			userID = pattern.Match
		}
	}
	return memory, userID, errors.Join(errs...)
}
