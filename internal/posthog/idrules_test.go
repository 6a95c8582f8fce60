package posthog

import "testing"

func TestIllegalID(t *testing.T) {
	for id, want := range map[string]bool{
		"": true, " ": true, "\t\n": true, "\u00a0\ufeff": true,
		"anonymous": true, "ANONYMOUS": true, "Guest": true, "distinctId": true, "distinct_id": true, "ID": true,
		"not_authenticated": true, "Email": true, "undefined": true, "Undefined": true, "True": true, "FALSE": true,
		"[object Object]": true, "NaN": true, "None": true, "none": true, "null": true, "0": true,
		"'null'": true, `"null"`: true, `"UNDEFINED"`: true, `'[object Object]'`: true, `"not_authenticated"`: true,
		"$posthog_cookieless": true,
		"NULL":                false, "nan": false, "Null": false, "NONE": false, "[OBJECT OBJECT]": false, "00": false, `"NULL"`: false,
		" guest ": false, "guest1": false, `"null'`: false, `""null""`: false, "'": false, `"`: false, `''`: false,
		"user_1001": false, "0195602e-7a11-7c3e-9d55-3f2b61c0aa01": false, "$POSTHOG_COOKIELESS": false, "'$posthog_cookieless'": false,
	} {
		if got := IllegalID([]byte(id)); got != want {
			t.Errorf("%q: got %t, want %t", id, got, want)
		}
	}
}

func TestMachineMade(t *testing.T) {
	for id, want := range map[string]bool{
		"0195602e-7a11-7c3e-9d55-3f2b61c0aa01":                         true,
		"B1B32417-B0BA-5954-A245-E60D29E93178":                         true,
		"0181d801-c717-0000-0000-0d0d3fb4c0a1":                         true,
		"0123456789abcdef0123456789ABCDEF":                             true,
		"17f1d2a3b4c5d6-0a1b2c3d4e5f67-35667c03-13c680-17f1d2a3b4c7e8": true,
		"17f1d2a3b4c5d6-0a1b2c3d4e5f678-0-1fa400-17f1d2a3b4c7e8":       true,
		"17f1d2a3b4c5d6-1a1b2c3d4e5f67-35667c03-13c680-17f1d2a3b4c7e8": false,
		"27f1d2a3b4c5d6-0a1b2c3d4e5f67-35667c03-13c680-17f1d2a3b4c7e8": false,
		"17f1d2a3b4c5d6-0a1b2c3d4e5f67-35667c03-17f1d2a3b4c7e8":        false,
		"17f1d2a3b4c5d6-0a1b2c3d4e5f67--13c680-17f1d2a3b4c7e8":         false,
		"0195602e_7a11_7c3e_9d55_3f2b61c0aa01":                         false,
		"g195602e-7a11-7c3e-9d55-3f2b61c0aa01":                         false,
		"0123456789abcdef0123456789abcde":                              false,
		"cookieless_ZGF5MQ":                                            true,
		"cookielessd_c2FsdA":                                           true,
		"cookieless":                                                   false,
		"Cookieless_1":                                                 false,
		"user_1001":                                                    false,
		"maya.okafor@example.com":                                      false,
		"":                                                             false,
		"$company_acme":                                                false,
	} {
		if got := MachineMade([]byte(id)); got != want {
			t.Errorf("%q: got %t, want %t", id, got, want)
		}
	}
}

func TestCookielessDevice(t *testing.T) {
	for id, want := range map[string]bool{"cookielessd_c2FsdA": true, "cookieless_ZGF5MQ": false, "xcookielessd_": false, "": false} {
		if got := CookielessDevice([]byte(id)); got != want {
			t.Errorf("%q: got %t, want %t", id, got, want)
		}
	}
}
