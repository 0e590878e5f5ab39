"""The report a bureau files: ``report.docx`` in its usual form, with the numbers of the workbook."""
