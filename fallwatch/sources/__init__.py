"""Where pictures come from: webcams, recorded clips and network streams, one file each."""
