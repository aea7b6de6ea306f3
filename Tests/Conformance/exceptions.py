"""Cases that Portolan does not pass, each with its reason. The run fails on an unlisted MUST."""

EXCEPTIONS: dict[str, str] = {}
