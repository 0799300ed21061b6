package main

import (
	"encoding/json"
	"io"
	"net/http"
	"time"
)

// maxPage bounds what is read of a message.
const maxPage = 1 << 20

// pager prints what Alertmanager sends.
func (d *demo) pager(w http.ResponseWriter, r *http.Request) {
	var message struct {
		Alerts []struct {
			Status              string
			Labels, Annotations map[string]string
		}
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, maxPage)).Decode(&message); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	d.printing.Lock()
	defer d.printing.Unlock()
	for _, a := range message.Alerts {
		d.strong("%s  %s  %s  %s", time.Now().Format("15:04:05"), a.Status, a.Labels["severity"], a.Labels["alertname"])
		d.say("          %s", a.Annotations["summary"])
		if a.Status == "firing" {
			d.say("          %s", a.Annotations["runbook_url"])
		}
	}
}
