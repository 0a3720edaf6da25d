/// Calls about processes and threads that Swift cannot spell: prctl(2) takes a variable number of arguments, and glibc guards
/// gettid(2) with _GNU_SOURCE.
#pragma once

/// gettid(2): the kernel's number for the calling thread.
int wirewatch_thread_number(void);

/// Makes the calling process the parent of its descendants' orphans (PR_SET_CHILD_SUBREAPER): 0, or -1 with errno.
int wirewatch_become_subreaper(void);

/// A pipe whose ends are closed in programs that this one starts: 0, or -1 with errno.
int wirewatch_pipe(int ends[2]);

/// Closes the calling process's descriptors from `first` on.
void wirewatch_close_from(int first);
