"""Pictures inside of office files."""

from . import limits, package, pictures

_FORMS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}


def picture_inside(parts: package.Parts, names: list[str]) -> package.Parts:
    """The pictures encoded anew under their names. Raises RuleBroken for too many and for those of other formats."""
    odd = sorted({name.rpartition(".")[2].upper() for name in names if _form(name) is None})
    if odd:
        raise limits.refused(
            "odd_picture",
            f"文件里有 {'、'.join(odd)} 格式的图片，去不掉里面带的信息。请把它们换成 PNG 或 JPEG 图片，另存后再上传。",
        )
    if len(names) > limits.MOST_PICTURES_INSIDE:
        raise limits.refused(
            "too_many_pictures", f"文件里的图片超过 {limits.MOST_PICTURES_INSIDE} 张。请分成几个文件上传。"
        )
    clean: package.Parts = {}
    for name in names:
        picture, _ = pictures.decoded(parts[name])
        clean[name] = pictures.encoded(picture, form=_FORMS[_form(name) or ""])
    return clean


def _form(name: str) -> str | None:
    extension = "." + name.rpartition(".")[2].lower()
    return extension if extension in _FORMS else None
