package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"ph2cio/internal/cli/dotenv"
	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/customerio"
	"ph2cio/internal/escape"
	"ph2cio/internal/exit"
)

func newInit(p *program) *cobra.Command {
	o := &sendingOptions{}
	c := &cobra.Command{
		Use:   initCommand,
		Short: "Save the credentials of Customer.io, after checking them",
		Long: `Asks for the site ID and API key of the Track API, which the terminal does not show, checks them against Customer.io, finds out the
region, and writes them to the file .env, which only you can read. Other lines of that file stay as they are. Nothing else is
sent. Where nobody can be asked, set CUSTOMERIO_SITE_ID and CUSTOMERIO_API_KEY instead.`,
		Example: `  ph2cio init
  ph2cio init --env-file production.env`,
		Args:        noArguments,
		Annotations: map[string]string{createsSettings: ""},
		RunE:        func(c *cobra.Command, _ []string) error { return runInit(c, p, o) },
	}
	o.addDestinationFlags(flagsInOrder(c))
	return c
}

// initDocument is the document of init.
type initDocument struct {
	File          string `json:"file"`
	EnvironmentID int64  `json:"environment_id"`
	Region        string `json:"region"`
	BaseURL       string `json:"base_url"`
}

func runInit(c *cobra.Command, p *program, o *sendingOptions) error {
	ctx := c.Context()
	if err := p.checkCanAskSecrets(); err != nil {
		return err
	}
	path, _ := p.envFile(c.Flags())
	file, err := p.settingsToWrite(path)
	if err != nil {
		return err
	}
	if file.hasCredentials() {
		if err := p.ask(ctx, "Replace the credentials in "+terminal.OneLine(path)+"?", "written"); err != nil {
			return err
		}
	}
	fmt.Fprintln(p.env.Stderr, terminal.Wrap("Customer.io shows site ID and API key under Settings > API credentials, Track API. "+
		"What you type or paste is not shown.", p.columns(), 0))
	credentials, to, err := p.askCredentials(ctx, o)
	if err != nil {
		return err
	}
	if err := file.write(credentials.settings(p, to)); err != nil {
		return err
	}
	p.warnAfterInit(ctx, path)
	if p.json {
		return p.writeJSON(p.env.Stdout, &initDocument{path, to.workspace.EnvironmentID, to.workspace.Region, to.base})
	}
	return p.showInit(path, to)
}

// showInit says what was found out and written, and what to type next.
func (p *program) showInit(path string, to *destination) error {
	t := &terminal.Lines{Style: p.style(p.env.StdoutTerminal), Width: p.columns()}
	t.Line("Workspace", t.Style.Bold(fmt.Sprintf("%d (%s)", to.workspace.EnvironmentID, to.workspace.Region)))
	t.Line("Written", terminal.OneLine(path)+", which only you can read")
	next := "ph2cio preview SOURCE"
	if path != defaultEnvFile {
		next = "ph2cio preview --" + envFileFlag + " " + escape.Shell(path) + " SOURCE"
	}
	t.Next(next, "shows what would be sent")
	_, err := io.WriteString(p.env.Stdout, t.String())
	return err
}

// warnAfterInit warns of what keeps the new settings from being used, or puts them in danger.
func (p *program) warnAfterInit(ctx context.Context, path string) {
	for _, name := range []string{varSiteID, varAPIKey, varSiteID + "_FILE", varAPIKey + "_FILE"} {
		if p.env.get(name) != "" {
			p.warnText(name + " in the environment is used instead of what is in " + path + "; unset it")
		}
	}
	if base := p.setting(varTrackURL); base != "" {
		p.warnText(p.settingOrigin(varTrackURL) + " sends everything to " + base + " instead of Customer.io")
	}
	p.warnOfGit(ctx, path)
}

// maxTries is how often init asks for credentials before it gives up.
const maxTries = 3

// typed are credentials as somebody typed them.
type typed struct{ siteID, apiKey string }

// askCredentials asks for credentials until Customer.io takes them, and finds out their workspace.
func (p *program) askCredentials(ctx context.Context, o *sendingOptions) (typed, *destination, error) {
	for try := 1; ; try++ {
		siteID, err := p.askSecret(ctx, "Site ID: ")
		if err != nil {
			return typed{}, nil, err
		}
		apiKey, err := p.askSecret(ctx, "API key: ")
		if err != nil {
			return typed{}, nil, err
		}
		t := typed{siteID, apiKey}
		to, err := p.tryCredentials(ctx, o, t)
		if err == nil || exitCode(err) != exit.Credentials {
			return t, to, err
		}
		if try == maxTries {
			return typed{}, nil, err
		}
		p.warn("%s. Try again: %s", p.errorText(err), trackCredentials)
	}
}

// tryCredentials asks Customer.io for the workspace of credentials.
func (p *program) tryCredentials(ctx context.Context, o *sendingOptions, t typed) (to *destination, err error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	to = &destination{tally: &customerio.Tally{}}
	if to.base, err = customerio.RegionURL(cmp.Or(strings.ToLower(o.region), "us")); err != nil {
		return nil, usage(err)
	}
	if base := strings.TrimRight(p.setting(varTrackURL), "/"); base != "" {
		to.base = base
	}
	credentials := customerio.Credentials{SiteID: customerio.NewSecret(t.siteID), APIKey: customerio.NewSecret(t.apiKey)}
	if err := to.connect(p, credentials, o); err != nil {
		return nil, err
	}
	fmt.Fprintf(p.env.Stderr, "Asking %s for their workspace.\n", terminal.Plain(to.base))
	err = to.askWorkspace(ctx, p)
	if refused, ok := errors.AsType[*customerio.APIError](err); ok && refused.Class() == customerio.Unauthorized {
		return nil, &problem{code: exit.Credentials, hint: trackCredentials,
			err: fmt.Errorf("the site ID or the API key is wrong: the answer is %d, which does not say which of them", refused.Status)}
	}
	if err != nil {
		return nil, &problem{code: exitCode(err), err: err, hint: cmp.Or(hintOf(err), "check this machine's network and its proxy settings; nothing was written")}
	}
	return to, to.compare(o.workspace, strings.ToLower(o.region))
}

// trackCredentials says which credentials are meant.
const trackCredentials = "copy both from Customer.io, Settings > API credentials, Track API; an App API key is something else"

// check says what cannot be part of credentials, without quoting it.
func (t typed) check() error {
	for _, part := range []struct{ name, value string }{{"site ID", t.siteID}, {"API key", t.apiKey}} {
		why := ""
		switch {
		case part.value == "":
			why = "is empty"
		case strings.ContainsFunc(part.value, func(r rune) bool { return r <= ' ' || r > '~' || r == '\'' }):
			why = "has characters that none has, such as blanks or quotes"
		}
		if why != "" {
			return &problem{code: exit.Credentials, err: fmt.Errorf("the %s %s", part.name, why), hint: trackCredentials}
		}
	}
	return nil
}

// settings are the lines to write for credentials of a workspace. The region is that of Customer.io, and not
// what a stand-in says.
func (t typed) settings(p *program, to *destination) []dotenv.Setting {
	all := []dotenv.Setting{{Name: varSiteID, Value: t.siteID}, {Name: varAPIKey, Value: t.apiKey}}
	if p.setting(varTrackURL) == "" {
		all = append(all, dotenv.Setting{Name: varRegion, Value: to.workspace.Region})
	}
	return all
}
