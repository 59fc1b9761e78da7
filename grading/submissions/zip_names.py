"""The names of the files in a zip archive, in the encoding that the program that made it used.

Only names that are marked as UTF-8 are certain. macOS writes UTF-8 without the mark, Windows the encoding of the
country. All such names of one archive have the same encoding: UTF-8 if they are valid UTF-8, otherwise the one in which
most words are in one script, with letters that are common in it.

Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.4.4, 4.4.17, and 4.6.9 (Unicode path).
"""

import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence

UTF8_MARK = 0x800
UNICODE_PATH = 0x7075
# Of two that fit equally, the first counts.
ENCODINGS = ("cp437", "cp1252", "cp850", "cp852", "gbk", "cp932", "big5", "cp949", "cp1251", "cp866", "cp737")
# The first bytes of the letters that are common: level 1 of each national standard.
COMMON = {"gbk": (0xB0, 0xD7), "cp932": (0x88, 0x97), "big5": (0xA4, 0xC6), "cp949": (0xB0, 0xC8)}
EAST_ASIAN = {"CJK", "HIRAGANA", "KATAKANA", "HANGUL"}
# Chinese and Korean have almost the same bytes. Half of all people have one of these family names.
FAMILY_NAMES = {"gbk": "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "cp949": "김이박최정강조윤장임한오서신권황안송전홍"}
RATED = 100_000  # characters that are looked at: the names of a class have a tenth of these
MIXED, RARE, FAMILY = 0.5, 0.2, 0.5
WORD = re.compile(r"[^\W\d_]+")


def decode_names(entries: Sequence[zipfile.ZipInfo]) -> tuple[list[str], str]:
    """The name of each entry, and the encoding if it was guessed, otherwise "".

    >>> decode_names([zipfile.ZipInfo(b"M\\xc3\\xbcller.ipynb".decode("cp437"))])
    (['Müller.ipynb'], '')
    >>> decode_names([zipfile.ZipInfo("李明.ipynb".encode("gbk").decode("cp437"))])
    (['李明.ipynb'], 'gbk')
    """
    names = [_find_certain_name(entry) for entry in entries]
    unknown = {number: _raw_name(entries[number]) for number, name in enumerate(names) if name is None}
    encoding = _guess_encoding(b"\n".join(unknown.values()))
    for number, raw in unknown.items():
        names[number] = raw.decode(encoding)
    return names, "" if encoding == "utf-8" else encoding


def _raw_name(entry):
    return entry.orig_filename.encode("cp437")  # which zipfile has decoded it as


def _find_certain_name(entry):
    """The name if it says that it is UTF-8, or has nothing but ASCII; otherwise None."""
    if entry.flag_bits & UTF8_MARK or entry.orig_filename.isascii():
        return entry.orig_filename
    extra, raw = entry.extra, _raw_name(entry)
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        if kind == UNICODE_PATH and extra[5:9] == struct.pack("<L", zlib.crc32(raw)):
            return extra[9 : 4 + size].decode("utf-8", "replace")
        extra = extra[4 + size :]
    return None


def _guess_encoding(names):
    try:
        names.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        return max(ENCODINGS, key=lambda encoding: _rate(names, encoding))  # cp437 decodes everything


def _rate(names, encoding):
    """How plausible an encoding is, from 0 to 1 and half a point more; -1 if it is impossible."""
    try:
        text = names.decode(encoding)[:RATED]
    except UnicodeDecodeError:
        return -1
    foreign = sum(not char.isascii() for char in text)
    rated = sum(_rate_word(word, encoding) for word in WORD.findall(text) if not word.isascii())
    families = sum(text.count(name) for name in FAMILY_NAMES.get(encoding, ""))
    return rated / foreign + FAMILY * families / foreign


def _rate_word(word, encoding):
    scripts = {_find_script(char) for char in word}
    foreign = [char for char in word if not char.isascii()]
    if scripts == {"LATIN"} and 2 * len(foreign) > len(word):  # a word with accents has other letters, too
        return 0
    plausible = len(scripts) == 1 and (word[1:].islower() or word.isupper() or not word[1:].upper().isupper())
    return sum(_rate_letter(char, encoding) for char in foreign) * (1 if plausible else MIXED)


def _find_script(char):
    script = unicodedata.name(char, "?").split()[0].split("-")[0]
    return "EAST ASIAN" if script in EAST_ASIAN else "LATIN" if script == "FULLWIDTH" else script


def _rate_letter(char, encoding):
    kana = encoding == "cp932" and unicodedata.name(char, "").startswith(("HIRAGANA", "KATAKANA"))
    if kana or encoding not in COMMON:
        return 1
    (first, last), code = COMMON[encoding], char.encode(encoding)
    common = first <= code[0] <= last and len(code) == 2 and (code[1] >= 0xA1 or encoding not in FAMILY_NAMES)
    return 1 if common else RARE
