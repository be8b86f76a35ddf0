"""What a run came to: the records, the sentences for people, the JSON for machines."""

from bot.report.escape import one_line, printable, without_secrets
from bot.report.lines import Paint, Role, file_lines, landing_lines, outcome_lines, plain, summary_line
from bot.report.machine import report_json
from bot.report.readings import Reading, Readings, readings_of
from bot.report.records import Charged, FileLine, Landing, Report, Status, diff_counts, fallbacks

__all__ = [
    "Charged",
    "FileLine",
    "Landing",
    "Paint",
    "Reading",
    "Readings",
    "Report",
    "Role",
    "Status",
    "diff_counts",
    "fallbacks",
    "file_lines",
    "landing_lines",
    "one_line",
    "outcome_lines",
    "plain",
    "printable",
    "readings_of",
    "report_json",
    "summary_line",
    "without_secrets",
]
