"""``python -m peergym.cli``."""

import sys

from peergym.cli import main

if __name__ == "__main__":
    sys.exit(main())
