"""The demo page as a hosted space starts it: ``python app.py``."""

import os

from fallwatch.web.demo.page import PORT, serve

# A space is reached through its host, which says on which port it listens.
serve(host="0.0.0.0", port=int(os.environ.get("PORT", PORT)))
