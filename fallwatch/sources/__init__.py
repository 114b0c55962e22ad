"""Sources of frames: webcams, recorded clips and network streams, one file each."""
