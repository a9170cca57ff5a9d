/*
 * The guest's end of the relayed sockets: accepts, and carries.
 */
#ifndef RELAY_PROCESS_H
#define RELAY_PROCESS_H

/* Goes on for ever with the port (non-blocking) and the MOST_SOCKETS listeners, -1 where there is none; closes all else. */
_Noreturn void relay_process(int port, const int *listeners);

#endif
