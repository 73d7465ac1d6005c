"""Pages of a list. A page number out of range is moved into the range instead of being an error."""

from dataclasses import dataclass

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class PageInfo:
    """Which page of how many. Pages count from 1; an empty list has one empty page."""

    number: int
    per_page: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.per_page

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_next(self) -> bool:
        return self.number < self.pages

    @property
    def window(self) -> list[int]:
        """The page numbers to offer as links: up to five around the current one."""
        first = max(1, min(self.number - 2, self.pages - 4))
        return list(range(first, min(self.pages, first + 4) + 1))


def page_info(number: object, *, total: int, per_page: int = PER_PAGE) -> PageInfo:
    """Reads a page number from an address: anything that is no number is page 1, anything too high the last page."""
    text = str(number).strip()
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1
    pages = max(1, -(-total // per_page))
    return PageInfo(number=min(max(1, wanted), pages), per_page=per_page, total=total)
