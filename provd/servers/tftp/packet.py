"""
TFTP packets, for plugins.
"""

from provd.tftp.requests import Packet
from provd.tftp.wire import (
    ERR_ACCESS,
    ERR_ALLOC,
    ERR_FEXIST,
    ERR_FNF,
    ERR_ILL,
    ERR_NO_USER,
    ERR_UNDEF,
    ERR_UNKNWN_TID,
    OP_ACK,
    OP_DATA,
    OP_ERR,
    OP_OACK,
    OP_RRQ,
    OP_WRQ,
)

__all__ = [
    "ERR_ACCESS",
    "ERR_ALLOC",
    "ERR_FEXIST",
    "ERR_FNF",
    "ERR_ILL",
    "ERR_NO_USER",
    "ERR_UNDEF",
    "ERR_UNKNWN_TID",
    "OP_ACK",
    "OP_DATA",
    "OP_ERR",
    "OP_OACK",
    "OP_RRQ",
    "OP_WRQ",
    "Packet",
]
