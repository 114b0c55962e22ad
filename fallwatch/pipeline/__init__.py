"""The pipeline of one camera: its threads and the hand-overs between them."""
