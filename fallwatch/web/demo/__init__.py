"""The demo page: a picture or a short clip in, what fallwatch makes of it out."""
