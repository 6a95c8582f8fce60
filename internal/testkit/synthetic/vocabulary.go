package synthetic

// Hosts and mail domains are those set aside for examples, addresses those set aside for documentation.

var (
	booleans   = []string{"true", "false"}
	plans      = []string{"free", "trial", "starter", "pro", "enterprise"}
	roles      = []string{"owner", "admin", "editor", "viewer", "billing"}
	companies  = []string{"Acme Verwaltung GmbH", "Borealis Laboratories", "Corvid Systems", "Dunmore and Sons", "Eastgate Foods", "Fathom Marine Supply"}
	features   = []string{"new-onboarding", "pricing-v3", "legacy-editor", "team-inbox", "export-to-sheets", "dark-mode"}
	currencies = []string{"EUR", "USD", "GBP", "JPY"}
	screens    = []string{"Home", "Settings", "Project List", "Project Detail", "Checkout", "Notifications"}

	webEvents    = []string{"Project Created", "Signed Up", "Invite Sent", "Checkout Started", "report exported", "search performed"}
	serverEvents = []string{"Order Completed", "Invoice Paid", "Subscription Renewed", "Payment Failed", "Seat Added"}

	paths = []string{"/", "/pricing", "/login", "/welcome", "/docs/intro", "/docs/api/reference", "/projects",
		"/projects/8812/board", "/settings/team/members", "/blog/how-we-cut-our-build-times-in-half", "/checkout/review"}
	titles    = []string{"Acornly", "Pricing | Acornly", "Your projects | Acornly", "Documentation | Acornly", "Checkout | Acornly"}
	campaigns = []string{"?utm_source=newsletter&utm_medium=email&utm_campaign=spring_launch", "?utm_source=google&utm_medium=cpc&gclid=EAIaIQobChMI", "?ref=producthunt"}
	elements  = []string{
		`span.btn__label:text="Start free trial"nth-child="1"nth-of-type="1";button.btn.btn--primary:attr__data-attr="cta-trial"nth-child="3"text="Start free trial";body:nth-child="2"`,
		`a.nav__link:href="/pricing"nth-child="2"nth-of-type="2"text="Pricing";nav.nav:nth-child="1";body:nth-child="2"`,
	}

	// JSON values, written as PostHog and its libraries write them.
	fullNames = []string{`"Maya Okafor-Lee"`, `"Jonas Lindqvist"`, `"Priya Ramanathan"`, `"Zoë Dufour"`, `"Łukasz Nowicki"`, `"佐藤 花子"`, `"Anna-Lena Vogel"`, `"Dr. Kwame \"KB\" Boateng"`}
	teamLists = []string{`["growth"]`, `["growth","support"]`, `["design","web","mobile"]`, `[]`}
	itemLists = []string{
		`[{"sku":"AC-PRO-12","qty":1,"price":129.5}]`,
		`[{"sku":"AC-SEAT","qty":3,"price":12},{"sku":"AC-STORAGE","qty":1,"price":4.99}]`,
	}
	escapedTexts = []string{
		`"café – 日本語 ✓"`, `"line one\nline two\ttabbed"`, `"she said \"yes\" to C:\\temp\\"`, `"\u00dcber\u00e4ll \ud83d\ude00"`,
		`"https:\/\/acornly.example\/a"`, `"Привет, мир 🌍"`, `"<b>bold</b> & \u003ci\u003e"`,
	}
)

var givenNames = []struct{ mail string }{
	{"maya.okafor"}, {"jonas.lind"}, {"priya.nair"}, {"zoe.dufour"}, {"lukasz.nowicki"}, {"hanako.sato"}, {"anna-lena.vogel"},
}

// campaignKeys are those that PostHog's libraries set to null when a page's address has none of them.
var campaignKeys = []string{
	"utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "gad_source", "mc_cid", "gclid", "gclsrc", "dclid",
	"gbraid", "wbraid", "fbclid", "msclkid", "twclid", "li_fat_id", "igshid", "ttclid", "rdt_cid", "epik", "qclid", "sccid",
	"irclid", "_kx",
}

var clientKeys = []string{
	"$browser", "$browser_version", "$browser_language", "$device_type", "$os", "$os_version", "$raw_user_agent",
	"$screen_height", "$screen_width", "$referrer", "$referring_domain",
}

// client is a browser, its values as JSON in the order of clientKeys.
type client struct {
	language string
	values   [11]string
}

func (c *client) appendTo(o *object, keys []string) {
	for i, key := range keys {
		o.raw(key, c.values[i])
	}
}

var clients = []client{
	{"en-GB", [...]string{`"Chrome"`, `133`, `"en-GB"`, `"Desktop"`, `"Mac OS X"`, `"10.15.7"`, `"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Safari/537.36"`, `1080`, `1920`, `"https://www.google.com/"`, `"www.google.com"`}},
	{"de-DE", [...]string{`"Firefox"`, `128`, `"de-DE"`, `"Desktop"`, `"Windows"`, `"10.0"`, `"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"`, `900`, `1440`, `"$direct"`, `"$direct"`}},
	{"pt-PT", [...]string{`"Mobile Safari"`, `17.4`, `"pt-PT"`, `"Mobile"`, `"iOS"`, `"17.4.1"`, `"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1"`, `844`, `390`, `"https://news.acornly.example/"`, `"news.acornly.example"`}},
	{"ja-JP", [...]string{`"Chrome"`, `121`, `"ja-JP"`, `"Mobile"`, `"Android"`, `"14"`, `"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.0.0 Mobile Safari/537.36"`, `915`, `412`, `"$direct"`, `"$direct"`}},
}

var geoKeys = []string{
	"$geoip_city_name", "$geoip_country_name", "$geoip_country_code", "$geoip_continent_name", "$geoip_continent_code",
	"$geoip_postal_code", "$geoip_time_zone", "$geoip_subdivision_1_name", "$geoip_subdivision_1_code", "$geoip_latitude",
	"$geoip_longitude", "$geoip_accuracy_radius", "$geoip_city_confidence", "$geoip_subdivision_2_name",
	"$geoip_subdivision_2_code", "$geoip_postal_code_confidence",
}

// place is where somebody is, its values as JSON in the order of geoKeys.
type place struct {
	countryCode, zone, ip string
	values                [16]string
}

func (p *place) appendTo(o *object, keys []string) {
	for i, key := range keys {
		o.raw(key, p.values[i])
	}
}

var places = []place{
	{"PT", "Europe/Lisbon", "203.0.113.24", [...]string{`"Lisbon"`, `"Portugal"`, `"PT"`, `"Europe"`, `"EU"`, `"1000-001"`, `"Europe/Lisbon"`, `"Lisbon"`, `"11"`, `38.7219`, `-9.1398`, `20`, `null`, `null`, `null`, `null`}},
	{"DE", "Europe/Berlin", "198.51.100.7", [...]string{`"Hamburg"`, `"Germany"`, `"DE"`, `"Europe"`, `"EU"`, `"20095"`, `"Europe/Berlin"`, `"Free and Hanseatic City of Hamburg"`, `"HH"`, `53.5544`, `9.9946`, `100`, `null`, `null`, `null`, `null`}},
	{"BR", "America/Sao_Paulo", "192.0.2.130", [...]string{`"São Paulo"`, `"Brazil"`, `"BR"`, `"South America"`, `"SA"`, `"01000"`, `"America/Sao_Paulo"`, `"São Paulo"`, `"SP"`, `-23.5335`, `-46.6359`, `50`, `null`, `null`, `null`, `null`}},
	{"JP", "Asia/Tokyo", "203.0.113.200", [...]string{`"Osaka"`, `"Japan"`, `"JP"`, `"Asia"`, `"AS"`, `"543-0062"`, `"Asia/Tokyo"`, `"Osaka"`, `"27"`, `34.6837`, `135.5183`, `5`, `null`, `null`, `null`, `null`}},
}

// The $initial_* copies that PostHog makes of a person's first values.
var (
	initialClientKeys   = initial(clientKeys)
	initialGeoKeys      = initial(geoKeys)
	initialCampaignKeys = initial(campaignKeys)
)

func initial(keys []string) []string {
	var copies []string
	for _, key := range keys {
		if key[0] == '$' {
			key = key[1:]
		}
		copies = append(copies, "$initial_"+key)
	}
	return copies
}
