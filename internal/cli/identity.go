package cli

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"ph2cio/internal/customerio"
	"ph2cio/internal/people"
)

// identityOptions are the flags that decide who is one person, who is sent, and under what.
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

	flags *pflag.FlagSet // to tell an empty --only from none
	asked *askedNames    // of only; nil without
}

func (o *identityOptions) addFlags(f *pflag.FlagSet) {
	o.flags = f
	f.StringVar(&o.people, "people", "identified", "who is sent, `identified|with-email|all`; every profile costs money")
	f.StringSliceVar(&o.identifyBy, "identify-by", []string{"id"}, "identifier `keys` in order of preference: id, email, cio_id")
	f.StringVar(&o.existing, "existing", "", "people that Customer.io has already: its people export, a CSV `file` with id and email")
	f.StringArrayVar(&o.persons, "persons", nil, "PostHog's persons export, a `file` that says who is who; may be repeated")
	f.Int64Var(&o.maxProfiles, "max-profiles", 0, "send nothing if more than this `number` of profiles would be new; 0 is no limit")
	f.StringSliceVar(&o.only, "only", nil, "send only the people with these `IDs` or emails, as a first try")
	f.StringVar(&o.exclude, "exclude-people", "", "never send the people in this `file`: IDs, emails and globs, one a line")
	f.StringVar(&o.userID, "user-id", "", "`regexp` of your own user IDs: who has one is identified, and it is kept as the person's ID")
	f.StringVar(&o.identifierValue, "identifier-value", "", "`template` of the identifier, such as {person.properties.crm_id}")
	f.StringVar(&o.merge, "merge", "needed", "profiles to merge: `never|needed|identify`; needed are those in --existing")
	f.BoolVar(&o.mergeProfiles, "merge-profiles", false, "merge a person's profiles though several have a login or an email; it cannot be undone")
	f.Int64Var(&o.maxMerges, "max-merges", 10_000, "send nothing if there are more merges than this `number`; 0 is no limit")
	f.StringVar(&o.identity, "identity", "on", "`on|off`: off leaves every distinct_id a person of its own")
	f.BoolVar(&o.allPeople, "all-people", false, "identify people without an event to send too, when filters leave events out")
	f.StringVar(&o.memory, "memory", "1GB", "about how much memory to use before what is known of people goes to disk (--tmp)")
	annotate(f, "identity", "max-profiles", "only", "exclude-people", "user-id", "identifier-value", "merge", "merge-profiles", "max-merges",
		"identity",
		"all-people", "memory")
}

// choice returns who is sent and under what. Errors name the flag.
func (o *identityOptions) choice() (people.Choice, error) {
	choice := people.Choice{Who: people.Who(o.people), Merges: merges[o.merge], MergeProfiles: o.mergeProfiles, Only: o.flags != nil && o.flags.Changed("only")}
	var errs []error
	if choice.Only && strings.Join(o.only, "") == "" {
		errs = append(errs, errors.New("--only is empty; name at least one ID, or leave it out to send everybody"))
	}
	switch choice.Who {
	case people.Identified, people.WithEmail, people.All:
	default:
		errs = append(errs, fmt.Errorf("--people must be identified, with-email or all, not %q", o.people))
	}
	for _, key := range o.identifyBy {
		by, ok := people.ByName(key)
		if !ok {
			errs = append(errs, fmt.Errorf("--identify-by must be id, email or cio_id, not %q", key))
		}
		choice.By = append(choice.By, by)
	}
	if len(choice.By) == 0 {
		errs = append(errs, errors.New("--identify-by is empty; name at least one of id, email and cio_id"))
	}
	if err := errors.Join(append(errs, o.checkMerge(choice)...)...); err != nil {
		return choice, err
	}
	if o.identifierValue != "" {
		choice.By = []people.By{people.ByID} // the template names everybody, whatever they have
	}
	return choice, nil
}

// key is the first key to identify people by.
func (o *identityOptions) key() customerio.Key {
	if len(o.identifyBy) == 0 {
		return "id"
	}
	return customerio.Key(o.identifyBy[0])
}

// merges are the values of --merge.
var merges = map[string]people.Merges{"never": people.MergeNever, "needed": people.MergeNeeded, "identify": people.MergeIdentify}

func (o *identityOptions) checkMerge(choice people.Choice) (errs []error) {
	_, known := merges[o.merge]
	if !known {
		errs = append(errs, fmt.Errorf("--merge must be never, needed or identify, not %q", o.merge))
	}
	if known && o.mergeProfiles && choice.Merges == people.MergeNever {
		errs = append(errs, errors.New("--merge-profiles merges profiles, but --merge is never; use only one of them"))
	}
	if choice.Merges == people.MergeIdentify && (len(choice.By) != 1 || choice.By[0] != people.ByID || o.identifierValue != "") {
		errs = append(errs, errors.New("--merge: identify works only if --identify-by is just id, because it names the anonymous profile by its distinct ID"))
	}
	if o.identifierValue != "" && len(choice.By) != 1 {
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

// index adds to the options of the first reading what these flags say. Errors name the flag.
func (o *identityOptions) index(index *people.Options) error {
	index.Separate = o.identity == "off"
	var errs []error
	var err error
	if index.Memory, err = parseBytes(o.memory); err != nil {
		errs = append(errs, fmt.Errorf("--memory %w", err))
	}
	if o.userID != "" {
		pattern, err := regexp.Compile(o.userID)
		if err != nil {
			return errors.Join(append(errs, fmt.Errorf("--user-id %q is not a valid regular expression: %w", o.userID, err))...)
		}
		index.UserID = pattern.Match
	}
	return errors.Join(errs...)
}

// leastMemory is what a run needs beside what it knows of people.
const leastMemory = 64e6

// parseBytes reads an amount of memory such as 1GB, 512MB or 1073741824.
func parseBytes(text string) (int64, error) {
	number, unit := strings.TrimSpace(text), int64(1)
	for suffix, size := range map[string]int64{"KB": 1e3, "MB": 1e6, "GB": 1e9, "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30} {
		if cut, ok := strings.CutSuffix(strings.ToUpper(number), suffix); ok {
			number, unit = strings.TrimSpace(cut), size
			break
		}
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || !(n > 0) || n*float64(unit) > 1<<50 {
		return 0, fmt.Errorf("must be an amount such as 1GB or 512MB, not %q", text)
	}
	if size := int64(n * float64(unit)); size >= leastMemory {
		return size, nil
	}
	return 0, fmt.Errorf("must be 64MB or more, not %q", text)
}
