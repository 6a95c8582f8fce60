package redact

import (
	"strings"
	"testing"
	"time"
)

// TestSecretsByDefault names secrets as URLs have them, and names that harmless parameters have too.
func TestSecretsByDefault(t *testing.T) {
	t.Parallel()
	s := New(nil)
	everywhere, inURLs := DefaultNames()
	for _, name := range append(everywhere, inURLs...) {
		for _, test := range [][2]string{
			{"https://a.example/cb?x=1&" + name + "=abc&y=2", "https://a.example/cb?x=1&" + name + "=redacted&y=2"},
			{"https://a.example/cb#" + strings.ToUpper(name) + "=abc&y=2", "https://a.example/cb#" + strings.ToUpper(name) + "=redacted&y=2"},
			{"/cb#/route?a=1;" + name + "=abc", "/cb#/route?a=1;" + name + "=redacted"},
			{"/cb;" + name + "=abc;v=1/b?y=2", "/cb;" + name + "=redacted;v=1/b?y=2"},
		} {
			checkRedacted(t, s, test[0], test[1])
		}
	}
	for _, name := range []string{
		"code", "state", "key", "auth", "session", "session_id", "ticket", "otp", "side", "asid", "sids", "sig2", "pwds", "jwts", "id_tokens", "tokens", "utm_source", "page_token",
	} {
		checkRedacted(t, s, "https://a.example/cb;"+name+"=abc?"+name+"=abc#"+name+"=abc", "")
	}
}

func TestOAuthAnswers(t *testing.T) {
	t.Parallel()
	s := New(nil)
	for _, test := range [][2]string{
		{"https://a.example/cb?code=4%2F0Ab&state=xyz", "https://a.example/cb?code=redacted&state=redacted"},
		{"https://a.example/cb?state=xyz&scope=email&code=abc&hd=b", "https://a.example/cb?state=redacted&scope=email&code=redacted&hd=b"},
		{"/cb#State=xyz&CODE=abc", "/cb#State=redacted&CODE=redacted"},
		{"/cb#/login?code=abc&state=xyz", "/cb#/login?code=redacted&state=redacted"},
		{"/cb?c%6fde=abc&stat%65=xyz", "/cb?c%6fde=redacted&stat%65=redacted"},
		{"/cb?%63%6f%64%65=abc&state=xyz", "/cb?%63%6f%64%65=redacted&state=redacted"},
		{"/cb?state=xyz;code=abc", "/cb?state=redacted"}, // a ; can be part of a secret
		{"/go?next=%2Fcb%3Fcode%3Dabc%26state%3Dxyz&a=1", "/go?next=redacted&a=1"},
		{"/go?next=/cb?code=abc&state=xyz", "/go?next=/cb?code=redacted&state=redacted"},
		{"back at https://a.example/cb?code=abc&state=xyz now", "back at https://a.example/cb?code=redacted&state=redacted now"},
		{"/cb?code=redacted&state=xyz", "/cb?code=redacted&state=redacted"},
		{"/cb?code=redacted&state=redacted", ""},

		// A coupon, a country, and neither in one query nor in one fragment.
		{"/shop?code=SPRING", ""},
		{"/shop?state=CA&country=US", ""},
		{"/shop?code=SPRING#state=open", ""},
		{"/shop?next=/b?code=SPRING#/a?state=open", ""},
		{"/shop?code=&state=CA", ""},
		{"/shop?code=SPRING&state=", ""},
		{"/shop?code=SPRING&state", ""},
		{"/shop?promo_code=SPRING&state=CA", ""},
		{"/shop?code=SPRING&statement=1", ""},
		{"/shop?code[]=SPRING&state=CA", ""},
		{"code=abc&state=xyz", ""},
		{"from https://a.example/?code=SPRING to https://b.example/?state=CA", ""},
		{"from https://a.example/?code=SPRING x&state=CA", ""},
		{"/go?next=%2Fshop%3Fcode%3DSPRING&state=CA", ""},
	} {
		checkRedacted(t, s, test[0], test[1])
	}
}

func TestPathParameters(t *testing.T) {
	t.Parallel()
	s := New([]string{"Trace"})
	for _, test := range [][2]string{
		{"https://a.example/shop;jsessionid=1A2B.node1", "https://a.example/shop;jsessionid=redacted"},
		{"/shop;JSESSIONID=1A2B?x=1", "/shop;JSESSIONID=redacted?x=1"},
		{"/shop;jsessionid=1A2B#top", "/shop;jsessionid=redacted#top"},
		{"/shop;v=2;sid=1A2B;w=3/item;token=b/c", "/shop;v=2;sid=redacted;w=3/item;token=redacted/c"},
		{"/shop;jsession%69d=1A2B", "redacted"}, // an encoded word is redacted whole
		{"/shop%3Bjsessionid%3D1A2B", "redacted"},
		{"/shop;jsessionid=1A2B?next=%2Fb%3Bjsessionid%3D1", "/shop;jsessionid=redacted?next=redacted"},
		{"/go?next=/shop;jsessionid=1A2B&y=2", "/go?next=/shop;jsessionid=redacted&y=2"},
		{"index.jsp;jsessionid=1A2B", "index.jsp;jsessionid=redacted"},
		{"https://u:p@a.example/shop;sid=1?token=2", "https://redacted@a.example/shop;sid=redacted?token=redacted"},
		{"see https://a.example/shop;sid=1A2B now", "see https://a.example/shop;sid=redacted now"},
		{"see /shop;trace=1A2B, or /b;sid=1", "see /shop;trace=redacted or /b;sid=redacted"},
		{`a.btn:attr__href="/shop;jsessionid=1A2B"nth-child="1";div:nth-child="2"`, `a.btn:attr__href="/shop;jsessionid=redacted"nth-child="1";div:nth-child="2"`},
		{"/shop;jsessionid=redacted", ""},
		{"/shop;jsessionid=", ""},
		{"/shop;jsessionid", ""},
		{"/shop;v=2/item;w=3", ""},
		{"width:3;sid=4", ""},
		{"and/or; sid=4", ""},
		{"and/or then a;sid=4", ""},
		{"/shop;sidecar=4;myjwt=5", ""},
	} {
		checkRedacted(t, s, test[0], test[1])
	}
}

// checkRedacted checks that a text is redacted to want; "" means that it is unchanged.
func checkRedacted(t *testing.T, s *Secrets, text, want string) {
	t.Helper()
	got, found := []byte(text), false
	if Maybe(got) {
		got, found = s.Append(nil, got)
	}
	if found != (want != "") || found && string(got) != want {
		t.Errorf("%s\n got %s (%v)\nwant %s", text, got, found, want)
	}
	if found {
		if again, twice := s.Append(nil, got); twice {
			t.Errorf("%s becomes %s, and that %s", text, got, again)
		}
	}
}

// TestManySecretsAmongWords checks that the time for a long text grows with its length, not with its square.
func TestManySecretsAmongWords(t *testing.T) {
	t.Parallel()
	s := New(nil)
	for _, part := range []string{"x ;sid=a", "/;sid=a", "code=a&", "?code=a&state=b", "a=1&"} {
		started := time.Now()
		s.Append(nil, []byte("see https://a.example/?"+strings.Repeat(part, 80_000)))
		if elapsed := time.Since(started); elapsed > 5*time.Second {
			t.Errorf("%q many times took %s", part, elapsed)
		}
	}
}
