"""The cases, in groups by what they send."""
from . import answers, conditional, content, fields, methods, persistence, request_line, targets

GROUPS = [
    ("Request line and versions", request_line.CASES),
    ("Targets and Host", targets.CASES),
    ("Fields", fields.CASES),
    ("Content", content.CASES),
    ("Persistence and pipelining", persistence.CASES),
    ("Methods and expectations", methods.CASES),
    ("Conditions and ranges", conditional.CASES),
    ("Answers", answers.CASES),
]
