"""Protocol by which a run is tested."""

from typing import Literal

#: ``study``: the best epoch is chosen on the part that is reported, as the study did.
#: ``honest``: epoch, temperature and threshold are chosen inside the training data, and the
#: reported part is looked at once.
Protocol = Literal["study", "honest"]
