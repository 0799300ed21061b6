// Package render turns a report.Report into what people and monitors read: text,
// JSON, Markdown, the output of a monitoring plugin, the screen of a watch and the status page. It knows nothing
// but the report.
//
// Text and status page share one vocabulary: what both say is made by phrases, and
// each only lays it out.
//
// # Rules of the text
//
// The reader is on call, it is 3 a.m., and the screen may be a serial console
// or a ticket.
//
//   - The first line answers: can clients write, and how many more servers may
//     be lost? Then the servers, a row each, then root causes, then nothing
//     that could be left out.
//   - Words and position carry the state. Colour only repeats it: bold for
//     CRIT, yellow for WARN, no pair of red and green. Without colour not one
//     byte of the words differs.
//   - ASCII only. Text that came from the network or from a file is foreign:
//     control bytes, escape sequences and everything beyond ASCII are written
//     out (\x1b, \u202e), and long values are cut in the middle with "...".
//   - No line is wider than the width asked for, 80 unless told, with one
//     exception: a command stands whole on one line of its own, as it is to be
//     pasted. Three to five servers and one root cause fit 24 lines of 92
//     columns.
//   - Every number has its unit, every fact from a file its line, every command
//     its host, every time is UTC and ends in Z.
//   - A value that is not known is an empty cell, never 0; a column nobody has a
//     value for is left out. When the width does not suffice, the columns give
//     way from the right: up, latency, conns, lag, zxid. The note on what is odd
//     about a row stays.
//   - Names lose the domain and the port that all servers share (a line says
//     so), and their middle when they are still too long; no two look alike.
//   - Steps of a remedy that are the same for several hosts stand once, under
//     "on zk2, then on zk3": one host is finished before the next is begun.
//   - No blanks at the end of a line. The same report gives the same bytes.
//
// # Rules of Markdown
//
//   - It is a message for a ticket or a chat: what matters first, the rest collapsed.
//   - What may mean something to Markdown, to HTML or to a chat stands as code: foreign text can
//     end no block, make no link, and call nobody.
//   - Code blocks are 80 columns wide; a command is broken as a shell joins it again.
//
// # Rules of the screen of a watch
//
//   - It fits the terminal, from 12 lines on: verdict, servers, findings, the newest changes.
//   - Nothing in it moves but what changes: lines have their place.
//
// # Rules of the plugin output
//
// The text of the status line is at most 120 characters; the performance data
// follows it behind a bar, and no other bar is in the output. A number that is
// not known is U. All of it is under 4 KiB.
//
// # Rules of the status page
//
//   - Nothing is fetched and nothing runs; StatusPolicy has browsers hold to that.
//   - Foreign text is written out as in the text. The names of ensembles are the
//     user's own, and keep the letters of their script.
//   - What is shown is bounded, in ensembles, servers, findings and bytes.
//
// # Words of the port columns
//
//	open         answers
//	refused      the host says that nobody listens there
//	filtered     no answer in time, or prohibited: firewall, route, dead host
//	unreachable  the network says there is no way
//	silent       accepts, then says nothing
//	-            closed, and rightly so (the quorum port off the leader)
//	?            not looked at
package render
