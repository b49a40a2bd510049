"""Whether somebody still has a file open for writing, where the system can say so exactly (Linux: leases, fcntl(2))."""

from __future__ import annotations

import errno
import fcntl
import os
import signal

_KNOWS_LEASES = all(hasattr(fcntl, name) for name in ("F_SETLEASE", "F_SETSIG"))


def open_for_writing(path: str) -> bool | None:
    """Tell whether any process has the file open for writing; None where the system cannot say.

    A read lease is granted only when there is no writer. It is given back at once; should a writer come in that
    instant, the kernel's notice is sent as SIGURG, which processes ignore unless they ask for it (its own SIGIO kills).
    Raises `FileNotFoundError` and `PermissionError` as `open` does.
    """
    if not _KNOWS_LEASES:
        return None
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as refused:
        if refused.errno in (errno.EAGAIN, errno.EWOULDBLOCK):
            return True
        return None  # not the owner (EACCES), or a file system without leases (EINVAL): unknown
    finally:
        os.close(descriptor)
    return False
