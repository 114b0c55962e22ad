"""Entry point of ``fallwatch`` and ``python -m fallwatch``."""

from __future__ import annotations

from fallwatch.process_title import hide_addresses


def main() -> None:
    """Run the command line."""
    # Before anything else is loaded: until then a camera's password is seen by every user.
    hide_addresses()
    from fallwatch.cli import app

    app()


if __name__ == "__main__":
    main()
