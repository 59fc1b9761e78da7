"""Names in zips are those that the student's computer showed, whatever encoding its programs use."""

import struct
import time
import zipfile
import zlib

import pytest

from grading.submissions.find import remark_on_submissions
from grading.submissions.zip_names import UNICODE_PATH, decode_names
from tests.grading.test_submissions import list_files


def entries(names, encoding):
    """What zipfile makes of names that are not marked as UTF-8."""
    return [zipfile.ZipInfo(name.encode(encoding).decode("cp437")) for name in names]


def write_unmarked(path, names, encoding):
    """A zip whose names are not marked as UTF-8."""
    with zipfile.ZipFile(path, "w") as file:
        for number, _ in enumerate(names):
            file.writestr(f"{number:04}" + "x" * (len(names[number].encode(encoding)) - 4), "{}")
    content = path.read_bytes()
    for number, name in enumerate(names):
        raw = name.encode(encoding)
        content = content.replace(f"{number:04}".encode() + b"x" * (len(raw) - 4), raw)
    path.write_bytes(content)
    return path


NAMES = {
    "utf-8": ["Müller", "Zoë", "李明", "田中", "Иванов", "김민수", "Dvořák", "علی", "Ελένη"],
    "cp437": ["Müller", "José Núñez", "Straße", "Chloé Lefèvre", "Björn Åkesson", "Übung 1", "Château", "Jäger"],
    "cp1252": ["Müller", "José Núñez", "Chloé Lefèvre", "Øyvind", "João Gonçalves", "André", "Ägidius Öhl"],
    "cp850": ["João", "Øyvind Sørensen", "Conceição"],
    "gbk": ["李明", "王小明", "张伟", "作业", "刘洋_作业1", "陈静", "欧阳娜娜", "周杰伦", "孙悟空"],
    "cp932": ["田中", "佐藤太郎", "課題A", "テスト", "山田花子", "渡辺", "あい", "斎藤", "レポート", "表ソ"],
    "big5": ["王小明", "林志玲", "作業"],
    "cp949": ["김민수", "박지성", "이영희"],
    "cp866": ["Иванов", "Пётр Чехов"],
    "cp1251": ["Иванов", "Пётр Чехов"],
}


@pytest.mark.parametrize(
    ("encoding", "name"), [(encoding, name) for encoding, names in NAMES.items() for name in names]
)
def test_a_name_without_a_mark_is_read_in_the_encoding_of_its_computer(encoding, name):
    assert decode_names(entries([f"{name}.ipynb"], encoding))[0] == [f"{name}.ipynb"]


@pytest.mark.parametrize(("encoding", "names"), NAMES.items())
def test_the_names_of_a_class_have_one_encoding_and_it_is_said_if_it_was_guessed(tmp_path, encoding, names):
    path = write_unmarked(tmp_path / "class.zip", [f"{name}/work.ipynb" for name in names], encoding)
    assert set(list_files(path)) == set(names)
    remarks = list(remark_on_submissions(path))
    if encoding == "utf-8":
        assert remarks == []
    else:
        assert remarks == [
            f"class.zip does not say in which encoding the names in it are; they were read as {encoding}. If names are "
            "wrong, unpack it and grade the folder"
        ]


def test_names_that_are_marked_or_ascii_are_certain():
    marked = zipfile.ZipInfo("├╝.py")
    marked.flag_bits |= 0x800
    assert decode_names([marked, zipfile.ZipInfo("a.py")]) == (["├╝.py", "a.py"], "")
    assert decode_names([]) == ([], "")


def test_a_name_that_is_repeated_in_unicode_is_certain():
    [entry] = entries(["Łukasz.py"], "cp852")
    name = "Łukasz.py".encode()
    crc = zlib.crc32("Łukasz.py".encode("cp852"))
    entry.extra = struct.pack("<HHL", 1, 4, 0) + struct.pack("<HHBL", UNICODE_PATH, 5 + len(name), 1, crc) + name
    assert decode_names([entry]) == (["Łukasz.py"], "")


def test_letters_that_macos_divides_are_one_student(tmp_path):
    divided = "Mu\N{COMBINING DIAERESIS}ller"
    path = write_unmarked(tmp_path / "class.zip", [f"{divided}/a.ipynb", "Müller/b.ipynb", "bob/c.ipynb"], "utf-8")
    assert [*list_files(path)] == ["Müller", "bob"]


def test_long_names_are_rated_by_their_beginning():
    entries = [zipfile.ZipInfo(("é" * 30_000).encode("cp1252").decode("cp437")) for _ in range(50)]
    began = time.monotonic()
    decode_names(entries)
    assert time.monotonic() - began < 10
