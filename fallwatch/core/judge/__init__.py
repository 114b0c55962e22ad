"""The verdict: from poses and classifier probabilities over time to events.

Why something was decided is recorded in `rules`: the phases and the rules in order.
"""
