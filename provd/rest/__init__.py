"""
The API of administrators.
"""

import sys

try:
    import cyclone  # noqa: F401
except ImportError:
    # No resolver installs it, see setup.cfg: one line says what to do, instead of a traceback.
    sys.exit("cyclone is missing: pip install --no-deps --require-hashes -r requirements.txt")
