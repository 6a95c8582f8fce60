package redact

import "testing"

func TestRedactedURLs(t *testing.T) {
	t.Parallel()
	s := New(nil)
	for _, test := range [][2]string{
		{"https://a.example/?token=abc", "https://a.example/?token=redacted"},
		{"?token=abc", "?token=redacted"},
		{"https://a.example/?a=1;token=abc;b=2", "https://a.example/?a=1;token=redacted"}, // a ; can be part of a secret
		{"https://a.example/?token=a?b;c&d=1", "https://a.example/?token=redacted&d=1"},
		{"https://a.example/#/reset?token=abc", "https://a.example/#/reset?token=redacted"},
		{"https://a.example/?to%6ben=abc", "https://a.example/?to%6ben=redacted"},
		{"https://a.example/?next=/b?token=abc", "https://a.example/?next=/b?token=redacted"},
		{"https://a.example/?next=https%3A%2F%2Fb.example%2F%3Ftoken%3Dabc&x=1", "https://a.example/?next=redacted&x=1"},
		{"https://a.example/?next=%252Fb%253Ftoken%253Dabc", "https://a.example/?next=redacted"},
		{"https://a.example/?n=%2Fb%3Fn%3D%252Fb%253Ftoken%253Dabc", "https://a.example/?n=redacted"},
		{"https://a.example/?token=redacted", ""},
		{"https://a.example/?utm_source=token&mytoken=1", ""},
		{"https://a.example/?token=%zz", "https://a.example/?token=redacted"},
		{"https://a.example/token=abc", ""},

		// White space, before it or in it.
		{" https://a.example/?token=abc", " https://a.example/?token=redacted"},
		{"\u00a0\thttps://a.example/?token=abc", "\u00a0\thttps://a.example/?token=redacted"},
		{"https://a.example/my page?token=abc", "https://a.example/my page?token=redacted"},
		{"/my page?x=a b&token=abc&y=1", "/my page?x=a b&token=redacted&y=1"},
		{"https://a.example/my page?password=two words&x=1", "https://a.example/my page?password=redacted&x=1"},
		{"/a?text=see https://b.example&password=two words", "/a?text=see https://b.example&password=redacted"},

		// Among other words.
		{"see https://a.example/?token=abc now", "see https://a.example/?token=redacted now"},
		{"see https://a.example/?token=a;b?c, now", "see https://a.example/?token=redacted now"},
		{"see? https://a.example/?x=1 y&token=abc\nhttps://b.example/#token=d e", "see? https://a.example/?x=1 y&token=redacted\nhttps://b.example/#token=redacted e"},
		{"see https://a.example/?next=%2Fb%3Ftoken%3Dabc now", "see https://a.example/?next=redacted now"},
		{"see https://a.example/?token=redacted now", ""},
		{"see https://a.example/?x=1 token=abc", ""},

		// Names that are paths.
		{"?user[password]=x", "?user[password]=redacted"},
		{"?user%5Bpassword%5D=x&a=1", "?user%5Bpassword%5D=redacted&a=1"},
		{"?password[]=x&Token[0]=y", "?password[]=redacted&Token[0]=redacted"},
		{"?user.password=x", "?user.password=redacted"},
		{"?user[passwords]=x&mytoken[a]=y", ""},

		// Names and passwords before a host.
		{"https://user:pass@a.example/b", "https://redacted@a.example/b"},
		{"https://ghp_x1@a.example", "https://redacted@a.example"},
		{"postgres://user:p@ss:w@db.example:5432/x?token=y", "postgres://redacted@db.example:5432/x?token=redacted"},
		{" //user:pass@a.example", " //redacted@a.example"},
		{"see https://u:p@a.example and https://v:q@b.example/ now", "see https://redacted@a.example and https://redacted@b.example/ now"},
		{"/login?next=https://u:p@b.example/c&x=1", "/login?next=https://redacted@b.example/c&x=1"},
		{"/login?next=https%3A%2F%2Fu%3Ap%40b.example", "/login?next=redacted"},
		{"https://redacted@a.example", ""},
		{"https://a.example/@maya", ""},
		{"https://a.example?email=maya@example.com", ""},
		{"/go?to=https://a.example&email=maya@example.com", ""},
		{"mailto:maya@example.com", ""},
		{"https://a.example: write to maya@example.com", ""},

		// Encoded, in no other URL's parameter.
		{"https%3A%2F%2Fa.example%2F%3Ftoken%3Dabc", "redacted"},
		{"https%253A%252F%252Fa.example%252F%253Ftoken%253Dabc", "redacted"},
		{"https%3a%2f%2fuser%3apass%40a.example", "redacted"},
		{"https://a.example/go/https%3A%2F%2Fb.example%2F%3Ftoken%3Dabc?x=1", "redacted?x=1"},
		{"see https%3A%2F%2Fa.example%2F%3Ftoken%3Dabc now", "see redacted now"},
		{"https%3A%2F%2Fa.example%2F%3Fplan%3Dpro", ""},
		{"https://a.example/a%20b/%F0%9F%98%80", ""},
		{"100%25 sure", ""},

		// Encoded too often to be looked into.
		{"?a=%25252525253Ftoken%252525253Dx&b=1", "?a=redacted&b=1"},
		{"?a=%2525252541&b=1", "?a=redacted&b=1"},
		{"?a=%25252541&b=1", ""},

		// Percent signs that encode nothing.
		{"https://a.example/?next=https%3A%2F%2Fb.example%3Ftoken%3Dabc%zz", "https://a.example/?next=redacted"},
		{"https://a.example/?next=%252Fb%253Ftoken%253Dabc%", "https://a.example/?next=redacted"},
		{"https://a.example/?100%&next=%2Fb%3F5%%26to%6Ben%3Dabc", "https://a.example/?100%&next=redacted"},
		{"https://a.example/?discount=50%&x=%2Fb%zz%3Fplan%3Dpro", ""},
	} {
		got, found := s.Append(nil, []byte(test[0]))
		if found != (test[1] != "") || found && string(got) != test[1] {
			t.Errorf("%s\n got %s\nwant %s", test[0], got, test[1])
		}
	}
}

// Most texts are no URLs, and most URLs have no secret: looking at them must not cost memory.
func TestLookingForSecretsTakesNoMemory(t *testing.T) {
	s := New(nil)
	for _, text := range []string{
		"order completed",
		"https://a.example/pricing?utm_source=newsletter&utm_medium=email#top",
		"https://a.example/?next=%2Fb%3Fplan%3Dpro%26to%6b=5%",
		"see https://a.example/?plan=pro now",
		"https://a.example/?https%3A%2F%2Fb.example%2F%3Fplan%3Dpro&t%6Fkens+=5&page-token=6&code=7",
		"see //a.example/@maya or https://a.example/?r=//b.example/@maya now",
	} {
		given := []byte(text)
		n := testing.AllocsPerRun(100, func() {
			if _, found := s.Append(nil, given); found {
				t.Errorf("%s has no secret", text)
			}
		})
		if n > 0 {
			t.Errorf("%s: %v allocations", text, n)
		}
	}
}
