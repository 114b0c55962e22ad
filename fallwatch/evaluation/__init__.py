"""Evaluation of the whole chain on annotated clips.

It works in two stages. *Inference* runs the pose model over the sampled frames of a clip, which is
slow, and keeps the poses in `run.clip_predictions.ClipPredictions`, cached by the content of the
clip, the weights and the settings. *Replay* sends these through the real
`fallwatch.core.analyzer.Analyzer`, which takes a fraction of a second for each clip: so the judge
can be changed, and its threshold swept, without running the models again. The classifier is asked
only when the judge asks; its answers are kept too, apart from the poses. Should a changed judge ask
something new, the clip is opened once more and the answer is added.
"""
