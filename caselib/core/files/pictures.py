"""Pictures, decoded and encoded anew: place, time, device, comments, thumbnails, hidden layers and appended files stay behind."""

import io
import struct
import zlib

from PIL import Image, ImageOps

from . import limits
from .clean import CleanFile

_MEDIA = {"JPEG": ("image/jpeg", ".jpg"), "PNG": ("image/png", ".png"), "WEBP": ("image/webp", ".webp")}
_QUALITY = 88
_MOST = (limits.LONGEST_SIDE, limits.LONGEST_SIDE)
# What Pillow's decoders raise for a damaged file; SyntaxError is its word for a bad chunk.
_DAMAGED = (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, struct.error, zlib.error)
_LOOK = "图片里的字机器不读。请看一遍有没有姓名、证件、号码和人脸，需要的先涂掉。"


def clean_picture(data: bytes, *, form: str) -> CleanFile:
    """`form`: JPEG, PNG or WEBP, by content. Raises RuleBroken for what is too large, has too many pixels or is damaged."""
    if len(data) > limits.MOST_PICTURE_BYTES:
        raise limits.refused("too_large", "图片超过 10 MB。请压缩或截取需要的部分后再上传。")
    picture, frames = decoded(data)
    media_type, extension = _MEDIA[form]
    warnings = [_LOOK]
    if frames > 1:
        warnings.append("这是动图，只保留了第一帧。")
    return CleanFile(
        media_type=media_type,
        extension=extension,
        data=encoded(picture, form=form),
        width=picture.width,
        height=picture.height,
        warnings=tuple(warnings),
    )


def decoded(data: bytes) -> tuple[Image.Image, int]:
    """(the first frame, upright, at most 2,000 pixels a side, on white, with nothing but its pixels; number of frames)."""
    try:
        with Image.open(io.BytesIO(data), formats=tuple(_MEDIA)) as opened:
            if opened.width * opened.height > limits.MOST_PIXELS:
                raise _too_many_pixels()
            frames = getattr(opened, "n_frames", 1)
            opened.seek(0)
            # A JPEG can be decoded at half or a quarter of its size, which saves most of the memory.
            opened.draft(None, _MOST)
            opened.load()
            opened.thumbnail(_MOST, Image.Resampling.LANCZOS)
            return _plain(ImageOps.exif_transpose(opened)), frames
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except _DAMAGED as error:
        raise limits.refused("broken", "图片已损坏，打不开。请重新截图或另存后再上传。") from error


def encoded(picture: Image.Image, *, form: str) -> bytes:
    """The bytes of a picture from `decoded`."""
    out = io.BytesIO()
    options = {"optimize": True} if form == "PNG" else {"quality": _QUALITY}
    picture.save(out, format=form, **options)
    return out.getvalue()


def _plain(opened: Image.Image) -> Image.Image:
    """A new picture that took over pixels alone. What lies under full transparency goes too: it may be text made invisible."""
    plain = Image.new("RGB", opened.size, "white")
    if opened.has_transparency_data:
        shown = opened.convert("RGBA")
        plain.paste(shown, mask=shown.getchannel("A"))
    else:
        plain.paste(opened.convert("RGB"))
    return plain


def _too_many_pixels() -> Exception:
    return limits.refused("too_many_pixels", "图片尺寸过大（超过 4000 万像素）。请缩小或截取需要的部分后再上传。")
