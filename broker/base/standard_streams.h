// Standard input, output and error as a process finds them.
#pragma once

namespace broker {

// A process that was started with one of them closed gives its number to the next file or socket it opens: a log line
// would then go into the data, and what is typed come from the network. Fills those numbers with streams of which every
// use fails. First thing in main, before any other file, socket or thread.
void FillClosedStandardStreams();

}  // namespace broker
