"""Library numbers (入库编号): region, year, department and serial, given once and never used again."""

from caselib.orgs.models import Department

from .models import NumberSeries


def next_numbers(department: Department, *, year: int, count: int) -> list[str]:
    """Takes `count` library numbers (入库编号) such as 310109-2026-D03-0001. Call it inside a transaction.

    A number taken by a transaction that fails later is free again; one that was published never is.
    """
    key = {"region_code": department.region.code or "000000", "year": year, "department_code": department.code}
    series, _ = NumberSeries.objects.select_for_update().get_or_create(**key)
    first = series.last + 1
    series.last += count
    series.save(update_fields=["last"])
    prefix = f"{key['region_code']}-{year}-{department.code}"
    return [f"{prefix}-{serial:04d}" for serial in range(first, first + count)]
