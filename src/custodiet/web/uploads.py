"""Files that people send: to disk piece by piece, so many bytes and no more, and only from who is signed in."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler

MOST = 1 << 30
"""Bytes of one request. What is larger is read by ``custodiet audit`` beside the server."""


class Bounded(TemporaryFileUploadHandler):
    """Keeps files in the folder for temporary files, under names of its own."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: bytes, encoding: str | None = None
    ) -> None:
        """Refuse before a byte is kept."""
        if content_length > MOST:
            raise RequestDataTooBig(f"more than {MOST >> 20} MiB")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Somebody nobody knows fills no disk."""
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            raise StopUpload(connection_reset=False)
        super().new_file(*args, **kwargs)
