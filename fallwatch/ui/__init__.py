"""The window. Qt lives here and in ``fallwatch.app``, nowhere else."""
