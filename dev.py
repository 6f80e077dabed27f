"""One command for everything that is done with this checkout.

    python dev.py play      serve Pong on this machine and open it
    python dev.py test      install what the tests need and run them all
    python dev.py --help    the others

Each installs what it needs into ``.venv`` beside this file, the first time; after that it works
offline. ``make play`` and so on do the same.
"""

import sys

# Python 2 and early versions of Python 3 can read this file, so that they can say this.
if sys.version_info < (3, 11):
    sys.exit(
        "peergym needs Python 3.11 or newer, and this is Python %d.%d. Install a newer one "
        "and start this file with it, for example: python3.11 dev.py play" % sys.version_info[:2]
    )

from tools.commands import main

if __name__ == "__main__":
    sys.exit(main())
