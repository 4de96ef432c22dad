"""
How Snom's files spell values.
"""


def on_off(is_on):
    return "on" if is_on else "off"


def address(server):
    """
    Return a server as host or host:port; nothing if there is none.
    """
    if server is None:
        return ""
    host = f"[{server.host}]" if ":" in server.host else server.host
    return f"{host}:{server.port}" if server.port else host
