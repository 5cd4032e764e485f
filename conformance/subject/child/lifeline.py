"""Nothing outlives the suite: the child ends when its parent does, however the parent ended.

Two nets. The kernel kills the child when the parent dies (Linux), which also catches a child stuck in native code that
never yields. Elsewhere, and if the parent died before the first net was spread, a thread waits for the command pipe to
hang up and exits the process.
"""

import ctypes
import os
import select
import signal
import sys
import threading

_PR_SET_PDEATHSIG = 1
ORPHANED = 86
"""Exit code of a child that found its parent gone."""


def hold_on_to(parent_pid: int, command_fd: int, *, by_kernel: bool) -> None:
    """End this process when the parent dies or closes the command pipe.

    `by_kernel` asks Linux to do it. The kernel watches the parent's thread that spawned the child, not the whole
    parent, so the suite asks for it only when it spawns from its main thread.
    """
    if by_kernel:
        die_with_the_parent()
    if os.getppid() != parent_pid:
        os._exit(ORPHANED)
    threading.Thread(target=_exit_on_hang_up, args=(command_fd,), name="lifeline", daemon=True).start()


def die_with_the_parent() -> None:
    """Have Linux kill this process when the thread that started it ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _exit_on_hang_up(command_fd: int) -> None:
    poll = select.poll()
    # No event is asked for, so only a hang-up or an error wakes this thread: commands are the loop's business.
    poll.register(command_fd, 0)
    while not poll.poll():
        pass
    os._exit(ORPHANED)
