"""导入导出: staged import, export of a selection."""
