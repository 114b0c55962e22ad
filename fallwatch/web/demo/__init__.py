"""The demo page: an image or a short clip in, what fallwatch makes of it out."""
