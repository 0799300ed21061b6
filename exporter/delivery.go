package exporter

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// maxUnread bounds the bytes of all answers together that were rendered and are not read
	// yet; a single one may have more. One of 60 ensembles has some 7 MB, a tenth compressed.
	maxUnread = 48 << 20
	// renderedAtOnce bounds the answers that are being rendered, which takes several times
	// their size, and both cores of a small machine.
	renderedAtOnce = 2
	// unmoved is how long a reader may take for a part of its answer before it goes, where the
	// room is needed for others.
	unmoved = time.Second
)

// delivery has the answers that are on their way to whoever asked. Whoever asks for the same
// while another waits for its answer to be rendered shares it.
type delivery struct {
	rendering chan struct{}
	most      int
	patience  time.Duration

	mu sync.Mutex
	// waiting are those whose rendering has not begun, by what they depend on.
	waiting map[string]*shared
	// readers are those that an answer is being written to, and held are its bytes, of all.
	readers map[*reader]bool
	held    int
}

// shared is an answer that several may wait for. made is nil until done is closed, and after
// that where rendering it failed.
type shared struct {
	looks []*look
	done  chan struct{}
	made  *rendered
}

// reader is somebody that an answer is written to.
type reader struct {
	made *rendered
	// moved is when it took a part last.
	moved time.Time
	// end has the writing fail.
	end func()
}

func newDelivery() *delivery {
	return &delivery{
		rendering: make(chan struct{}, renderedAtOnce), most: maxUnread, patience: unmoved,
		waiting: map[string]*shared{}, readers: map[*reader]bool{},
	}
}

// render has a handler answer a request from these looks; nil where nobody waits for it any more.
// What it shares is what was asked for before the rendering began, and so nothing in it is older
// than a request.
func (d *delivery) render(r *http.Request, looks []*look, handler http.Handler) *rendered {
	accept, encoding := r.Header.Get("Accept"), r.Header.Get("Accept-Encoding")
	key := strings.Join([]string{r.URL.Path, r.URL.RawQuery, accept, encoding}, "\n")
	d.mu.Lock()
	if s := d.waiting[key]; s != nil && slices.Equal(s.looks, looks) {
		d.mu.Unlock()
		select {
		case <-s.done:
			return s.made
		case <-r.Context().Done():
			return nil
		}
	}
	s := &shared{looks: looks, done: make(chan struct{})}
	d.waiting[key] = s
	d.mu.Unlock()
	defer close(s.done)
	d.rendering <- struct{}{} // others wait for this too, and none takes long
	defer func() { <-d.rendering }()
	d.mu.Lock()
	if d.waiting[key] == s {
		delete(d.waiting, key)
	}
	d.mu.Unlock()
	made := newRendered()
	handler.ServeHTTP(made, r)
	made.trim()
	s.made = made
	return made
}

// send writes an answer. ok is false, and nothing is written, where there is no room for it: those
// that too much is held for are all reading.
func (d *delivery) send(w http.ResponseWriter, made *rendered) (ok bool) {
	control := http.NewResponseController(w)
	one := &reader{made: made, moved: time.Now(), end: func() {
		_ = control.SetWriteDeadline(time.Unix(1, 0)) // without one the server's own holds
	}}
	if !d.hold(one) {
		return false
	}
	defer d.letGo(one)
	made.writeTo(w, func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		one.moved = time.Now()
		return d.readers[one]
	})
	return true
}

// hold finds room for an answer, of those that do not read if need be: the one goes first that
// has taken nothing for longest.
func (d *delivery) hold(one *reader) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	need := 0
	if one.made.readers == 0 {
		need = one.made.length
	}
	if d.held+need > d.most {
		var stuck []*reader
		for r := range d.readers {
			if one.moved.Sub(r.moved) >= d.patience {
				stuck = append(stuck, r)
			}
		}
		slices.SortFunc(stuck, func(x, y *reader) int { return x.moved.Compare(y.moved) })
		for _, r := range stuck {
			if d.held == 0 || d.held+need <= d.most {
				break
			}
			d.drop(r)
			r.end()
		}
	}
	if d.held > 0 && d.held+need > d.most {
		return false
	}
	d.held += need
	one.made.readers++
	d.readers[one] = true
	return true
}

// letGo ends what hold began.
func (d *delivery) letGo(one *reader) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.drop(one)
}

// drop forgets a reader, and the answer with the last of those that it is held for.
func (d *delivery) drop(one *reader) {
	if !d.readers[one] {
		return
	}
	delete(d.readers, one)
	if one.made.readers--; one.made.readers == 0 {
		d.held -= one.made.length
	}
}
