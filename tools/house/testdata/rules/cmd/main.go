package main

import "example.com/tiny/diag"

func main() { println(diag.Down, "see disk-full, not disk-fuller") }
