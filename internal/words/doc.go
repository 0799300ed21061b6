// Package words holds what people read to the words that this project uses: its test has the list
// of words that are not used, and goes over every text that is shown.
package words
