"""Files inside messages (fileContent): deflated by zlib, then base64."""

import base64
import binascii
import zlib

_BYTES_MOST = 512 * 1024 * 1024


def packed(content: bytes) -> str:
    """A file as it goes over the wire."""
    return base64.b64encode(zlib.compress(content)).decode("ascii")


def unpacked(content: str) -> bytes:
    """A file as it came over the wire. Raises ValueError where it cannot be unpacked, breaks off, or is too large."""
    try:
        unpacking = zlib.decompressobj()
        plain = unpacking.decompress(base64.b64decode(content, validate=True), _BYTES_MOST)
    except (binascii.Error, zlib.error) as fault:
        raise ValueError(f"cannot be unpacked: {fault}") from fault
    if not unpacking.eof:
        raise ValueError("breaks off, or is too large")
    return plain
