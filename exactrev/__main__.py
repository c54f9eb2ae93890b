"""``python -m exactrev`` is the command line."""

from __future__ import annotations

from exactrev.cli import main

if __name__ == "__main__":
    main()
