"""Cases that Portolan does not pass, each with its reason.

The run fails on a MUST that is not listed, and on a listed case that passes.
"""

EXCEPTIONS: dict[str, str] = {}
