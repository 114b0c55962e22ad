"""The pure heart: numpy and the standard library. No clock, thread, file, cv2, torch or Qt."""
