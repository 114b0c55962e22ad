"""The clip player: a clip, its analysis, its evaluation."""
