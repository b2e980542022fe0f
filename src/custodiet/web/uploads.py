"""Files that people send: to disk piece by piece, so many bytes and no more, and only from who is signed in."""

from __future__ import annotations

import hashlib
import os
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload, TemporaryFileUploadHandler

MOST = 1 << 30
"""Bytes of one request. What is larger is read by ``custodiet audit`` beside the server."""


class Received(TemporaryUploadedFile):
    """A file that is whole and on the disk, so that whoever keeps it has only to give it its place."""

    sha256 = ""
    """Of its content, worked out while that came in: a large file would hold up everybody in a transaction."""


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
        FileUploadHandler.new_file(self, *args, **kwargs)
        self.file = Received(self.file_name, self.content_type, 0, self.charset, self.content_type_extra)
        self._digest = hashlib.sha256()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a piece."""
        self._digest.update(raw_data)
        super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> Received:
        """The file, when all of it is on the disk."""
        self.file.sha256 = self._digest.hexdigest()
        self.file.flush()
        os.fsync(self.file.fileno())
        super().file_complete(file_size)
        return self.file
