"""The sheet to fill in: headings, a row of example, lists to choose from, and what every column means."""

from io import BytesIO

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from .batch_pages import how_table
from .columns import CLOSED, FIELDS
from .sheet_writing import Table, workbook_write
from .sheets import MOST_ROWS


def sample_file() -> bytes:
    """The workbook. A closed value is chosen from a list in its cell; anything else is refused by Excel already."""
    table = Table(
        "案例",
        [field.heading for field in FIELDS],
        [[field.example for field in FIELDS]],
        [field.width for field in FIELDS],
    )
    book = load_workbook(BytesIO(workbook_write([table, how_table()])))
    sheet = book["案例"]
    for number, field in enumerate(FIELDS, 1):
        if field.key not in CLOSED:
            continue
        options = ",".join(CLOSED[field.key])
        choice = DataValidation(type="list", formula1=f'"{options}"', allow_blank=True, showErrorMessage=True)
        choice.errorTitle, choice.error = "不在可选的值里", "从下拉里选一个。"
        letter = get_column_letter(number)
        choice.add(f"{letter}2:{letter}{MOST_ROWS + 1}")
        sheet.add_data_validation(choice)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
