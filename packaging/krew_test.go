package packaging

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestKrew: the manifest has what krew wants, for each archive of a release that the plugin works on: it starts
// kubectl, and leaves nothing of it behind, on Unix only.
func TestKrew(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("krew/zkdoctor.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		APIVersion, Kind string
		Metadata         struct{ Name string }
		Spec             struct {
			Version, Homepage, ShortDescription, Description, Caveats string
			Platforms                                                 []struct {
				Selector struct {
					MatchLabels struct{ OS, Arch string }
				}
				URI, SHA256, Bin string
				Files            []struct{ From, To string }
			}
		}
	}
	decoder := yaml.NewDecoder(strings.NewReader(lowerKeys.ReplaceAllStringFunc(string(text), strings.ToLower)))
	decoder.KnownFields(true)
	if err := decoder.Decode(&manifest); err != nil {
		t.Fatal(err)
	}
	if manifest.APIVersion != "krew.googlecontainertools.github.com/v1alpha2" || manifest.Kind != "Plugin" || manifest.Metadata.Name != "zkdoctor" {
		t.Errorf("%+v", manifest)
	}
	if spec := manifest.Spec; spec.Version != "vVERSION" || spec.Homepage != "HOMEPAGE" || len(spec.ShortDescription) > 50 {
		t.Errorf("%+v", spec)
	}
	release, err := os.ReadFile("../tools/release")
	if err != nil {
		t.Fatal(err)
	}
	list := regexp.MustCompile(`(?m)^platforms=\$\{PLATFORMS:-(.*)\}$`).FindSubmatch(release)
	if list == nil {
		t.Fatal("tools/release has no list of platforms")
	}
	var want, got []string
	for platform := range strings.FieldsSeq(string(list[1])) {
		if !strings.HasPrefix(platform, "windows/") {
			want = append(want, platform)
		}
	}
	for _, p := range manifest.Spec.Platforms {
		name := p.Selector.MatchLabels.OS + "_" + p.Selector.MatchLabels.Arch
		got = append(got, strings.Replace(name, "_", "/", 1))
		if p.URI != "HOMEPAGE/releases/download/vVERSION/zkdoctor-VERSION-"+name+".tar.gz" || p.SHA256 != "SHA256_"+name {
			t.Errorf("%s: %s %s", name, p.URI, p.SHA256)
		}
		if p.Bin != "zkdoctor" || len(p.Files) != 2 || p.Files[0].From != "*/zkdoctor" || p.Files[0].To != "." {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("platforms %q, want %q", got, want)
	}
}

// lowerKeys are the keys of the manifest: the decoder knows fields by their names in lower case.
var lowerKeys = regexp.MustCompile(`(?m)^ *(- )?[A-Za-z0-9]+:`)
