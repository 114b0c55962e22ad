"""How fallwatch fails: every promise tried on real servers, files and processes.

``python -m tests.faults`` lists the long forms; ``pytest -m faults`` runs the short ones.
"""
