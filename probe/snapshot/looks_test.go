package snapshot

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

// observations visits every Obs below v, with the path that leads to it.
func observations(v reflect.Value, path string, visit func(path string, obs reflect.Value)) {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct || v.Type().PkgPath() != reflect.TypeFor[Server]().PkgPath() {
		return
	}
	if strings.HasPrefix(v.Type().Name(), "Obs[") {
		visit(path, v)
		observations(v.FieldByName("Value"), path+".Value", visit)
		return
	}
	for i := range v.NumField() {
		observations(v.Field(i), path+"."+v.Type().Field(i).Name, visit)
	}
}

// TestLooksAreAll: no look at a server is missing from the list, and none stands there
// twice.
func TestLooksAreAll(t *testing.T) {
	var s Server
	made := map[time.Duration]string{}
	observations(reflect.ValueOf(&s).Elem(), "Server", func(path string, obs reflect.Value) {
		took := time.Duration(len(made) + 1)
		made[took] = path
		obs.FieldByName("Tried").SetBool(true)
		obs.FieldByName("Took").SetInt(int64(took))
	})
	if len(made) < 20 {
		t.Fatalf("only %d looks were found: %v", len(made), made)
	}
	names := map[string]bool{}
	for _, look := range s.Looks() {
		if made[look.Took] == "" || !look.Tried || names[look.Name] {
			t.Errorf("%+v is no look, or is there twice", look)
		}
		delete(made, look.Took)
		names[look.Name] = true
	}
	for _, path := range made {
		t.Errorf("%s is not among the looks", path)
	}
}

// TestCancelled: a run that ended in the middle of any look is incomplete.
func TestCancelled(t *testing.T) {
	var paths []string
	observations(reflect.ValueOf(new(Server)).Elem(), "Server", func(path string, _ reflect.Value) { paths = append(paths, path) })
	for _, cut := range paths {
		var s Server
		observations(reflect.ValueOf(&s).Elem(), "Server", func(path string, obs reflect.Value) {
			obs.FieldByName("Tried").SetBool(true)
			kind := Silent
			if path == cut {
				kind = Cancelled
			}
			obs.FieldByName("Failure").Set(reflect.ValueOf(&Failure{Kind: kind}))
		})
		if !s.Cancelled() {
			t.Errorf("%s was cancelled, and the server is not", cut)
		}
	}
	if new(Server).Cancelled() {
		t.Error("what was not checked was cancelled")
	}
}
