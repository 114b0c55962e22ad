"""The record looked back on: figures by week, and what a night was like."""
