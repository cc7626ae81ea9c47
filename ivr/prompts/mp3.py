"""How long an MP3 plays, told frame by frame: a file that is anything else is noticed.

Frame headers as ISO/IEC 11172-3 and 13818-3 define them, with the unofficial version 2.5 that encoders write.
"""

from collections.abc import Iterator

SYNC = 0xFFE0
BITRATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
BITRATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
"""By the header's version: 3 is MPEG 1, 2 is MPEG 2, 0 is 2.5."""

LAYER_III = 1
FEWEST_FRAMES = 4
MOST_STRAY_BYTES = 4096
"""Of tags at the end, and of an encoder's padding."""


class NotMp3(ValueError):
    """These bytes are no MP3."""


def measured(body: bytes) -> tuple[float, int]:
    """Seconds, and samples a second. Raises NotMp3."""
    frames = list(_frames(body))
    if len(frames) < FEWEST_FRAMES:
        raise NotMp3("no frames")
    end = frames[-1][0] + frames[-1][1]
    if len(body) - end > MOST_STRAY_BYTES:
        raise NotMp3("something follows that is no frame")
    return sum(samples / rate for _, _, samples, rate in frames), frames[0][3]


def _frames(body: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Each whole frame: where it begins, its bytes, its samples, its rate."""
    at = _after_tag(body)
    while (found := _frame(body[at : at + 4])) is not None:
        length, samples, rate = found
        if at + length > len(body):
            return
        yield at, length, samples, rate
        at += length


def _after_tag(body: bytes) -> int:
    """Where the sound begins: an ID3v2 tag says its length in four times seven bits."""
    if body[:3] != b"ID3" or len(body) < 10:
        return 0
    size = 0
    for byte in body[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size + (10 if body[5] & 0x10 else 0)


def _frame(head: bytes) -> tuple[int, int, int] | None:
    """Bytes, samples and rate of the frame with this header; None where there is none."""
    if len(head) < 4 or int.from_bytes(head[:2], "big") & SYNC != SYNC:
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bits, step, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version not in RATES or layer != LAYER_III or bits in {0, 15} or step == 3:
        return None
    rate = RATES[version][step]
    kilobits, samples = (BITRATES_1[bits], 1152) if version == 3 else (BITRATES_2[bits], 576)
    return samples // 8 * kilobits * 1000 // rate + padding, samples, rate
