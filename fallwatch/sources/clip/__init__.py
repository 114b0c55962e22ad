"""Recorded clips: decoding, time stamps, playback speed, sampling."""
