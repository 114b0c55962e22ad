"""Entry point of ``fallwatch`` and ``python -m fallwatch``."""

from __future__ import annotations

from fallwatch.cli import app


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
