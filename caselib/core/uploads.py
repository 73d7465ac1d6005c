"""Files of forms are held in memory up to a limit and never written to a disk; a larger one is left unread."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest


class MemoryOnlyUploadHandler(FileUploadHandler):
    """Keeps a file of at most FILE_UPLOAD_MAX_MEMORY_SIZE bytes; of a larger one `refused_uploads` has the field's name.

    The fields of the form arrive in any case, so that nothing which was typed is lost with the file.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._held = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
            self._held = BytesIO()
            self.request.refused_uploads = {*refused_uploads(self.request), self.field_name}
            raise SkipFile
        self._held.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self._held.seek(0)
        return InMemoryUploadedFile(
            file=self._held,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )


def refused_uploads(request: HttpRequest) -> frozenset[str]:
    """The fields whose file was too large to be read. Ask after `request.FILES`."""
    return frozenset(getattr(request, "refused_uploads", ()))
