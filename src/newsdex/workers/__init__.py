"""Worker processes that bound what one input may cost: its time, its memory, and its crash.

Three kinds of process take part. The caller's own shares out the inputs and collects the results (`pool`). Its one
`keeper` loads what all workers need, once, and starts a worker by forking itself, which takes milliseconds; it watches
their memory and says how one ended. A `worker` does the work. All end when the caller ends, however it ends.
"""

from newsdex.workers.loss import Ending, Loss
from newsdex.workers.pool import Workers

__all__ = ["Ending", "Loss", "Workers"]
