"""``linclf grade init``, ``release`` and ``gradescope-zip``: before anything is handed in."""

from __future__ import annotations

__all__: list[str] = []
