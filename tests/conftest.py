"""Every test runs offscreen unless it asks for a display."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
