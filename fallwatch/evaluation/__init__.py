"""Evaluation of the whole chain on annotated clips.

It works in two stages. *Inference* runs the pose model and the classifier over the sampled frames
of a clip, which is slow, and keeps their `run.clip_predictions.ClipPredictions`, cached by the
content of the clip, the weights and the settings. *Replay* sends these through the real
`fallwatch.core.analyzer.Analyzer`, which takes a fraction of a second for each clip: so the judge
can be changed, and its threshold swept, without running the models again. Should a changed judge
ask for something that was never predicted (a second look for a lost person), the clip is opened
once more and the result is added.
"""
