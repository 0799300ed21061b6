package snapshot

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseVersion(t *testing.T) {
	for _, tc := range []struct {
		text  string
		want  Version // without Full
		short string
	}{
		{"3.4.10-39d3a4f269333c922ed3db283be479f9deacaa0f, built on 03/23/2017 10:13 GMT", Version{Major: 3, Minor: 4, Patch: 10}, "3.4.10"},
		{"3.8.0-${mvngit.commit.id}, built on 2024-12-29 17:54 UTC", Version{Major: 3, Minor: 8}, "3.8.0"},
		{"3.5.3-beta-8ce24f9e675cbefffb8f21a47e06b42864475a60, built on 04/03/2017", Version{Major: 3, Minor: 5, Patch: 3, Pre: "beta"}, "3.5.3-beta"},
		{"3.5.0-alpha-1615249, built on 08/01/2014 22:13 GMT", Version{Major: 3, Minor: 5, Pre: "alpha"}, "3.5.0-alpha"},
		{"3.6.0-rc1", Version{Major: 3, Minor: 6, Pre: "rc1"}, "3.6.0-rc1"},
		{"3.6.0-rc", Version{Major: 3, Minor: 6}, "3.6.0"},
		{"3.10.0-SNAPSHOT-53a78e36f", Version{Major: 3, Minor: 10}, "3.10.0"},
		{" 3.9.4\n", Version{Major: 3, Minor: 9, Patch: 4}, "3.9.4"},
	} {
		got, err := ParseVersion(tc.text)
		if err != nil {
			t.Errorf("ParseVersion(%q): %v", tc.text, err)
			continue
		}
		tc.want.Full = strings.TrimSpace(tc.text)
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("ParseVersion(%q): -want +got\n%s", tc.text, diff)
		}
		if got.String() != tc.short {
			t.Errorf("String() = %q, want %q", got, tc.short)
		}
	}
}

func TestParseVersionRefuses(t *testing.T) {
	for _, text := range []string{"", "3", "3.4", "3.4.", "v3.4.10", "-3.4.10", "3..1", "3.4.x", "99999999999999999999.1.1", "null"} {
		if got, err := ParseVersion(text); err == nil {
			t.Errorf("ParseVersion(%q) = %v, want an error", text, got)
		}
	}
}

func TestVersionVendor(t *testing.T) {
	for text, want := range map[string]bool{
		"3.4.10-39d3a4f269333c922ed3db283be479f9deacaa0f, built on 03/23/2017 10:13 GMT": false,
		"3.6.4--d65253dcf68e9097c6e95a126463fd5fdeb4521c, built on 12/18/2022 18:10 GMT": false,
		"3.4.6-1569965, built on 02/20/2014 09:09 GMT":                                   false,
		"3.5.0-alpha-1615249, built on 08/01/2014 22:13 GMT":                             false,
		"3.5.3-beta-8ce24f9e675cbefffb8f21a47e06b42864475a60, built on 04/03/2017":       false,
		"3.9.4": false,
		"3.8.0-${mvngit.commit.id}, built on 2024-12-29 17:54 UTC":                        true,
		"3.4.5-cdh5.16.2--1, built on 11/21/2018 08:14 GMT":                               true,
		"3.5.5.7.1.7.0-551-ea9d7ea5aac0fc8b8ab4a1b1b0c7a3f3f3c1d111, built on 2021-08-03": true,
		"3.10.0-SNAPSHOT-53a78e36f":                                                       true,
	} {
		v, err := ParseVersion(text)
		if err != nil {
			t.Fatal(err)
		}
		if v.Vendor() != want {
			t.Errorf("%s: Vendor() = %t, want %t", text, v.Vendor(), want)
		}
	}
	if (Version{Major: 3, Minor: 9}).Vendor() {
		t.Error("what is not known is no vendor's")
	}
}

func TestVersionAtLeast(t *testing.T) {
	for _, tc := range []struct {
		text                string
		major, minor, patch int
		want                bool
	}{
		{"3.4.10", 3, 4, 10, true},
		{"3.4.9", 3, 4, 10, false},
		{"3.10.0", 3, 9, 5, true},
		{"3.5.0-alpha", 3, 5, 0, true},
		{"4.0.0", 3, 9, 9, true},
		{"2.9.9", 3, 0, 0, false},
	} {
		v, err := ParseVersion(tc.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := v.AtLeast(tc.major, tc.minor, tc.patch); got != tc.want {
			t.Errorf("%s AtLeast(%d, %d, %d) = %v", tc.text, tc.major, tc.minor, tc.patch, got)
		}
	}
}

func TestVersionIsSafeToPrint(t *testing.T) {
	v, err := ParseVersion("3.4.10-\x1b[2J" + strings.Repeat("x", 500))
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsRune(v.Full, '\x1b') || len(v.Full) > maxVersionText {
		t.Errorf("Full = %q", v.Full)
	}
}

func TestZxid(t *testing.T) {
	z, err := ParseZxid("0x1200000003")
	if err != nil {
		t.Fatal(err)
	}
	if z.Epoch() != 0x12 || z.Counter() != 3 || z.String() != "0x1200000003" {
		t.Errorf("epoch %d, counter %d, %s", z.Epoch(), z.Counter(), z)
	}
	for _, text := range []string{"", "0x", "1200000003", "0x1g", "0x-1", "0x11111111111111111"} {
		if got, err := ParseZxid(text); err == nil {
			t.Errorf("ParseZxid(%q) = %v, want an error", text, got)
		}
	}
}

func TestZxidJSON(t *testing.T) {
	const highest = Zxid(0xffffffffffffffff)
	data, err := json.Marshal(highest)
	if err != nil || string(data) != `"0xffffffffffffffff"` {
		t.Fatalf("got %s, %v", data, err)
	}
	var back Zxid
	if err := json.Unmarshal(data, &back); err != nil || back != highest {
		t.Errorf("got %v, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`"7"`), &back); err == nil {
		t.Error("a zxid without 0x was taken")
	}
}

func FuzzParseVersion(f *testing.F) {
	for _, text := range []string{"3.4.10", "3.5.3-beta-8ce, built on x", "3.6.0-rc1", "3.8.0-${x}", "", "3.4", "\x00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := ParseVersion(text)
		if err != nil {
			return
		}
		short, err := ParseVersion(v.String())
		if err != nil || short.String() != v.String() {
			t.Errorf("%q: %v does not read back: %v, %v", text, v, short, err)
		}
		if len(v.Full) > maxVersionText {
			t.Errorf("%q: Full is %d bytes long", text, len(v.Full))
		}
	})
}

// TestVendor: builds of the project's own, and others.
func TestVendor(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"3.4.10-39d3a4f269333c922ed3db283be479f9deacaa0f, built on 03/23/2017 10:13 GMT":     false,
		"3.6.4--d65253dcf68e9097c6e95a126463fd5fdeb4521c, built on 12/18/2022 18:10 GMT":     false,
		"3.5.3-beta-8ce24f9e675cbefffb8f21a47e06b42864475a60, built on 04/03/2017 16:19 GMT": false,
		"3.4.6-1569965, built on 02/20/2014 09:09 GMT":                                       false,
		"3.9.5": false,
		"3.8.4-9316c2a7a97e1666d8f4593f34dd6fc36ecc436c, built on 2024-02-12":                    false,
		"3.8.4-0123456789012345678901234567890123456789, built on 2024-02-12":                    true,
		"3.6.3--0123456789012345678901234567890123456789, built on 2024-02-12":                   true,
		"3.9.99-0123456789012345678901234567890123456789, built on 2029-02-12":                   false,
		"3.4.5-cdh5.16.2--1, built on 06/03/2019 09:00 GMT":                                      true,
		"3.4.6-235--1, built on 10/30/2018 17:18 GMT":                                            true,
		"3.8.0-${mvngit.commit.id}, built on 2022-10-30":                                         true,
		"3.6.0-SNAPSHOT-29f9b2c1c0e832081f94d59a6b88709c5f1bb3ca, built on 05/30/2019 09:26 GMT": true,
		"3.6.3.redhat-00001-6df26081269769c160c8c3a24929c60c91cd19c3, built on 2021":             true,
	} {
		v, err := ParseVersion(text)
		if err != nil || v.Vendor() != want {
			t.Errorf("%s: vendor %v (%v), want %v", text, v.Vendor(), err, want)
		}
	}
}
