"""`override`, without loading typing_extensions: that is a tenth of the start (measured)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from typing_extensions import override
else:
    _Method = TypeVar("_Method")

    def override(method: _Method) -> _Method:
        """Mark a method of Qt that ours takes the place of; mypy sees that Qt has it."""
        return method


__all__ = ["override"]
