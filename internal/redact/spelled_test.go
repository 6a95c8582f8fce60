package redact

import (
	"strings"
	"testing"
	"time"
)

// TestEncodedParameters has URLs with secrets that stand, encoded or half encoded, where a parameter or its
// name should.
func TestEncodedParameters(t *testing.T) {
	t.Parallel()
	s := New(nil)
	for _, test := range [][2]string{
		{"https://l.example/?https%3A%2F%2Fb.example%2F%3Ftoken%3DSECRET", "https://l.example/?redacted"},
		{"https://l.example/#https%3A%2F%2Fb.example%2F%3Ftoken%3DSECRET", "https://l.example/#redacted"},
		{"https://l.example/?x=1&https%3A%2F%2Fb.example%2F%3Ftoken%3DSECRET&y=2", "https://l.example/?x=1&redacted&y=2"},
		{"https://l.example/?https%253A%252F%252Fb.example%252F%253Ftoken%253DSECRET", "https://l.example/?redacted"},
		{"/login?%2Fcb%3Fsid%3DSECRET", "/login?redacted"},
		{"/login?%2Fshop%3Bjsessionid%3DSECRET", "/login?redacted"},
		{"https://a.example/#access_token%3DSECRET", "https://a.example/#redacted"},
		{"https://a.example/#!/cb%3Ftoken%3DSECRET", "https://a.example/#redacted"},
		{"https://a.example/#!/cb%3Ftoken=SEC;RET", "https://a.example/#!/cb%3Ftoken=redacted"},
		{"https://a.example/?https%3A%2F%2Fu%3ASECRET%40b.example%2F", "https://a.example/?redacted"},
		{"https://a.example/?%2F%2Fu%3ASECRET%40b.example%2F", "https://a.example/?redacted"},
		{"/cb?code%3DS%26state%3DS", "/cb?redacted"},
		{"/cb?x=1#code%3DS%26state%3DS", "/cb?x=1#redacted"},
		{"/go?https%3A%2F%2Fb%2Fcb%3Fcode=S&state=S", "/go?https%3A%2F%2Fb%2Fcb%3Fcode=redacted&state=redacted"},
		{"see https://a.example/?https%3A%2F%2Fb%2F%3Ftoken%3DSECRET now, x=1", "see https://a.example/?redacted now, x=1"},
		{"see https://a.example/?x=1 https%3A%2F%2Fb%2F%3Ftoken%3DSECRET now", "see https://a.example/?x=1 redacted now"},
		{"?%25252525253Ftoken%252525253Dx&b=1", "?redacted&b=1"}, // encoded too often to be looked into

		// A name that holds a URL.
		{"/a?https%3A%2F%2Fb%2F%3Ftoken=SECRET", "/a?https%3A%2F%2Fb%2F%3Ftoken=redacted"},
		{"/a?https%253A%252F%252Fb%252F%253Ftoken=SECRET&x=1", "/a?redacted&x=1"},
		{"/a?https%3A%2F%2Fb%2F%3Ftoken%3DSECRET%26x=1&y=2", "/a?redacted&y=2"},
		{"/a?https%3A%2F%2Fu%3ASECRET%40b%2F=", "/a?redacted"},
		{"/a?https%3A%2F%2Fu%3ASECRET%40b%2F%3Ftoken=SEC;RET&y=2", "/a?redacted&y=2"},

		// A value that is half encoded.
		{"/a?url=https://b/?token%3DSECRET", "/a?url=https://b/?redacted"},
		{"/a?url=https://b/&token%3DSECRET&y=2", "/a?url=https://b/&redacted&y=2"},
	} {
		checkRedacted(t, s, test[0], test[1])
	}
}

// TestSpelledSecrets has names of secrets in other spellings, and hosts with a password as browsers read
// them.
func TestSpelledSecrets(t *testing.T) {
	t.Parallel()
	s := New([]string{"Session_ID", "x-y", "_"})
	for _, name := range []string{
		"accessToken", "access-token", "AccessToken", "idToken", "id-token", "apiKey", "api-key", "ApiKEY", "x-api-key", "X_Api_Key", "xApiKey", "session_token",
		"sessionToken", "clientSecret", "authToken", "resetPasswordToken", "x_amz_signature", "_token", "session-id", "sessionId", "x-y", "_",
		"token%20", "%20token", "token ", "token+", "+token", "%09access%2Dtoken%0A", "user[accessToken]", "user[apiKey]", "auth.id-token",
	} {
		checkRedacted(t, s, "/a?x=1&"+name+"=S&y=2", "/a?x=1&"+name+"=redacted&y=2")
	}
	for _, test := range [][2]string{
		{"/cb?code+=S&%20state%20=S", "/cb?code+=redacted&%20state%20=redacted"},
		{"/a;api-key=S/b", "/a;api-key=redacted/b"},
		{"/go?r=//u:S@h/", "/go?r=//redacted@h/"},
		{"/go?//u:S@h/", "/go?//redacted@h/"},
		{"/go#//u:S@h/", "/go#//redacted@h/"},
		{"/go?x=1&r=/\\u:S@h/&y=2", "/go?x=1&r=/\\redacted@h/&y=2"},
		{"/go?r=%2F%2Fu%3AS%40h%2F", "/go?r=redacted"},
		{`https:\\u:S@h/`, `https:\\redacted@h/`},
		{`HTTPS:/\u:S@h\a?x=1`, `HTTPS:/\redacted@h\a?x=1`},
		{`https:\/\/u:S@h\/a`, `https:\/\/redacted@h\/a`},
		{`https:////u:S@h/`, `https:////redacted@h/`},
		{`https:/u:S@h/`, `https:/redacted@h/`},
		{`/go?r=https:\\u:S@h/`, `/go?r=https:\\redacted@h/`},
		{`/go?r=https%3A%5C%5Cu%3AS%40h%2F`, `/go?r=redacted`},
		{`see wss:\\u:S@h/ now`, `see wss:\\redacted@h/ now`},
	} {
		checkRedacted(t, s, test[0], test[1])
	}
}

// TestHarmlessURLs has parts that look like a secret and are none.
func TestHarmlessURLs(t *testing.T) {
	t.Parallel()
	s := New(nil)
	for _, text := range []string{
		"https://l.example/?https%3A%2F%2Fb.example%2F%3Fplan%3Dpro",
		"https://l.example/#https%3A%2F%2Fb.example%2F%3Fplan%3Dpro%26to%3Dken",
		"https://l.example/?https%3A%2F%2Fb.example%2F",
		"https://l.example/?x=1&https%253A%252F%252Fb.example%252F%253Fplan%253Dpro",
		"https://l.example/?https%3A%2F%2Fb%2F%3Fplan=pro",
		"https://l.example/?url=https://b/?plan%3Dpro",
		"/login?%2Fcb%3Fside%3D4", "/login?https%3A%2F%2Fb.example%2F%40maya", "/login?maya%40example.com", "/login?mailto%3Amaya%40example.com",
		"/a?tokenize=1&monkey=2&keyword=3&tokens=4&detoken=5&apikeys=6&token_type=7&access=8&api=9&x-api=10&signatures=11",
		"/a?tokenize%3D1&monkey%3D2&keyword%3D3&to%20ken%3D4",
		"/a?s_id=1&p-w-d=2&s-i-g=3&_sid=4&page-token=5&pageToken=6&_=7&__=8&-=9",
		"/a?state=CA", "/a?state=", "/a?state", "/a?code", "/a?code&state", "/a?code%3DSPRING", "/a?state%3DCA", "/a?code%3DSPRING&state=CA",
		"/a?q=a%3Db", "/a?a%3Db", "/a?q=token%3Db", "/a?data=dG9rZW4%3D&x=c2VjcmV0PQ%3D%3D", "/a?dG9rZW4%3D", "/a#c2VjcmV0PQ%3D%3D", "/a?dG9rZW49%3D=1",
		"/a?100%&50%25", "/a?%", "/a?%zz=%zz", "/a?%F0%9F%98%80=%F0%9F%98%80", "/a?sale%20ends%20soon", "/a#:~:text=what%20a%20day",
		"is it this? token=a", "this & token=a", "/a?token%20ring=1", "/a?my+token=1", "/a?token", "/a?token%3D", "/a?token%20=", "/a?access_token=redacted&api-key=redacted",
		`C:\\me@work\\x`, `\\host@SSL\DavWWWRoot\x`, "file:///home/me@work/x", "see me: /me@x", "a=//me@x", "f();//me@x", "//a.example/@me",
		"/go?r=//h/@me", "/go?r=/me@h", "/go?r=x//me@h", `https:\\h\@me`, "https:me@h", "/a?email=me@h//x",
		"see https://a.example/?plan=pro https%3A%2F%2Fb%2F%3Fplan%3Dpro now",
	} {
		checkRedacted(t, s, text, "")
	}
}

// TestDeepEncodings checks that the time for a long text grows with its length, however it is encoded.
func TestDeepEncodings(t *testing.T) {
	t.Parallel()
	s := New(nil)
	for _, part := range []string{
		"25", "%3F", "%3Fa%3D", "%253Ftoken%253D", "?%3Fa", "&a%3Db", "&%3Fa=%3Fb", "&%2Fb%3Ftoken%3DS", "&%2Fb%3Ftoken=S", "&token%20=S", "%26code%3Da", "&code%20=a", "?code%20=a",
		" %41", " x", " %", " %3Ftoken%3DS", "=//u@h", "&//u", `https:\\u`, `https:\\u@h `, "//", `\/`, "&_-", "-_", "[", "&a[", ";x%41=b", "%3Ba%3D1",
	} {
		for _, head := range []string{"see https://a.example/?%", "/a%", "/a?%3F@b="} {
			started := time.Now()
			s.Append(nil, []byte(head+strings.Repeat(part, 80_000)+"%41@x"))
			if elapsed := time.Since(started); elapsed > 5*time.Second {
				t.Errorf("%q, then %q many times took %s", head, part, elapsed)
			}
		}
	}
}
