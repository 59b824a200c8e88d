// Command bench measures actorgen beside amqp091-go used by hand, in one run,
// against the same broker and queue, and prints the ratios that the project
// holds itself to:
//
//	ratio <name> <value> (target <value>)
//
// Both sides give the same guarantees: persistent, mandatory, confirmed, a
// message ID, a timeout for each message, returns matched to their messages. Only
// delay_publish holds our delayed sends against our plain ones.
// The two are measured in turn, and the median of the rounds' ratios counts. It
// exits with 0 when everything was measured, whatever the figures are.
package main
