package main

import "os"

// untouched is a mapping file that says nothing, as one begins.
const untouched = "# nothing yet\n"

// tenExpressions is a mapping file with ten expressions on each event: texts, numbers, lists, parts of URLs, the person.
const tenExpressions = `rules:
  - events: "*"
    when: properties.plan != "nobody's" and not (person.properties.email endsWith "@nobody.example")
    attributes:
      plan: '{lower(properties.plan ?? person.properties.plan ?? "free")}'
      cents: '{(properties.amount ?? 0) * 100}'
      host: '{host(properties.$current_url)}'
      source: '{query(properties.$current_url, "utm_source") ?? properties.utm_source}'
      browser: '{properties.$browser == "Chrome" ? "chrome" : "other"}'
      late: '{event.timestamp > 1700000000}'
      books: '{any(properties.items, .sku startsWith "AC-")}'
      total: '{round(sum(properties.items, .price * .qty), 2)}'
      label: '{properties.$os} on {properties.$device_type}'
`

// mapping compares previews with a mapping file and without one.
func (b *bench) mapping() error {
	rows, err := b.mixed()
	if err != nil {
		return err
	}
	var with []string
	for _, text := range []string{untouched, tenExpressions} {
		file, err := os.CreateTemp(b.tmp, "mapping-*.yaml")
		if err == nil {
			_, err = file.WriteString(text)
		}
		if err != nil {
			return err
		}
		if err := file.Close(); err != nil {
			return err
		}
		with = append(with, file.Name())
	}
	return b.race("mapping", []contender{
		{"preview", b.preview(rows, "--limit", "0"), limit{}},
		{"with a mapping file that says nothing", b.preview(rows, "--limit", "0", "--mapping", with[0]), atMost(1.02)},
		{"with ten expressions on each event", b.preview(rows, "--limit", "0", "--mapping", with[1]), atMost(1.5)},
	})
}
