"""``python -m peergym``."""

import sys

from peergym.cli import main

if __name__ == "__main__":
    sys.exit(main())
