"""The root of the checkout, for tests that run its files in processes of their own."""

from __future__ import annotations

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
