//go:build !unix

package main

import "os"

// notifyResize does nothing where a terminal does not tell that it has another size: the next
// check finds it.
func notifyResize(chan os.Signal) {}
