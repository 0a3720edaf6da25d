/// Calls about processes that Swift cannot spell: prctl(2) takes a variable number of arguments.
#pragma once

/// Makes the calling process the parent of its descendants' orphans (PR_SET_CHILD_SUBREAPER): 0, or -1 with errno.
int wirewatch_become_subreaper(void);

/// A pipe whose ends are closed in programs that this one starts: 0, or -1 with errno.
int wirewatch_pipe(int ends[2]);

/// Closes the calling process's descriptors from `first` on.
void wirewatch_close_from(int first);
