"""Measuring the whole chain on annotated clips.

It works in two stages. *Extract* runs the pose model and the classifier over every picture of a
clip, which is slow, and keeps what they said in a `memory.Memory`, cached by the content of the
clip, the weights and the settings. *Judge* replays that memory through the real
`fallwatch.core.analyzer.Analyzer`, which takes a fraction of a second for each clip: so the judge
can be changed, and its threshold swept, without looking at a single picture again. Should a
changed judge ask for something that was never looked at (a second look for a lost person), the
clip is opened once more and the answer is added.
"""
