"""Run the benchmark: `python -m bench [--count N]`."""

import sys

from bench.inbox_rate import main

if __name__ == "__main__":
    sys.exit(main())
