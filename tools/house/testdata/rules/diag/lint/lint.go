package lint

import (
	"crypto/x509"
	"fmt"
	"net/netip"
	"time"

	"example.com/third"
)

var Answer = fmt.Sprint(third.Answer, netip.Addr{}, x509.Certificate{}, time.Now(), time.Second)
