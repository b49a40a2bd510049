"""What a process loads before its tasks are forked from it, as the scheduler that `newsdex up` starts does."""

from newsdex import run

run.warm_up(run.read_settings())
