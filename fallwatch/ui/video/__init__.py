"""Video with overlays, and the plot of the score beside it."""
