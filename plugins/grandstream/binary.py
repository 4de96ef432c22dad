"""
The binary file of old phones: a header, and P2=...&P3=... with the values percent-encoded.
"""

_HEADER_END = b"\r\n\r\n"
_KEY = b"gnkey=0b82"
_WORD = 2


def binary_file(digits, content):
    """
    Return the file that lines of ``P2=...`` make.

    :param digits: the 12 of the phone's address.
    """
    body = b"&".join([*filter(None, content.split(b"\n")), _KEY])
    body += bytes(-len(body) % 4)
    address = bytes.fromhex(digits)
    size = 4 + _WORD + len(address) + len(_HEADER_END) + len(body)
    head, tail = (size // _WORD).to_bytes(4, "big"), address + _HEADER_END + body
    # The sum of all words is zero then.
    checksum = -_sum(head + tail) % 0x10000
    return head + checksum.to_bytes(_WORD, "big") + tail


def _sum(content):
    return sum(int.from_bytes(content[i : i + _WORD], "big") for i in range(0, len(content), _WORD))
