package terminal

import (
	"fmt"
	"strings"

	"ph2cio/internal/mapping"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
)

// PairsText names the first few of n merges. pairs need not hold all of them.
func PairsText(pairs []transfer.MergePair, n int) string {
	return OneLine(FirstFew(min(n, len(pairs)), len(pairs), func(i int) string {
		return profileText(&pairs[i].Profile) + " into " + profileText(&pairs[i].Into)
	}) + moreText(n, n-len(pairs)))
}

// moreText says how many of n merges are not in a list.
func moreText(n, more int) string {
	if more <= 0 {
		return ""
	}
	json := jsonListsText(min(n, transfer.MostPairs), n > transfer.MostPairs)
	return fmt.Sprintf(" and %s more (preview %s)", report.Count(more), json)
}

// profileText names a profile: by its ID alone, or by another kind of identifier and its value.
func profileText(p *transfer.Profile) string {
	if p.By == "id" {
		return mapping.ShortID(p.Value)
	}
	return p.By + " " + mapping.ShortID(p.Value)
}

// HeldCount says how many people have several identified profiles, so that their rows wait.
func HeldCount(held *transfer.TwoProfiles) string {
	who := report.Plural(held.Count, "person has", "people have")
	return who + " several identified profiles; nothing of theirs is sent, their rows wait"
}

// HeldAdvice says what to do about people with several profiles, whose rows wait.
const HeldAdvice = "merge the profiles in Customer.io and use a new --existing file, or use --merge-profiles, which cannot be undone"

// HeldNames names the first few people with several profiles.
func HeldNames(held *transfer.TwoProfiles) string {
	return OneLine(FirstFew(held.Count, len(held.People), func(i int) string { return heldText(&held.People[i]) }))
}

// heldText names the profiles of one person.
func heldText(h *transfer.HeldPerson) string {
	var all []string
	for i := range h.Profiles {
		p := &h.Profiles[i]
		text := profileText(&p.Profile)
		if p.Email != "" && p.By != "email" {
			text += " (" + p.Email + ")"
		}
		all = append(all, text)
	}
	return strings.Join(all, " and ")
}
