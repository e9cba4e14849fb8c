"""The words that a record file mentions by number: the versions seen and the kinds of request sent."""

from __future__ import annotations

from pathlib import Path

VERSION = "version"
REQUEST = "request"
_UNKNOWN = 0
_LARGEST = 0xFFFF


def names_path(record: Path) -> Path:
    """Return where the words of a record file are kept: beside it, one `kind<TAB>word` a line."""
    return record.with_name(f"{record.name}.names")


class NameWriter:
    """Numbers words from 1 in the order of their first use, each kind on its own; 0 means no word.

    A word is on disk before the first record that uses its number can be, because the caller flushes records later.
    """

    def __init__(self, record: Path) -> None:
        self._file = names_path(record).open("wb", buffering=0)
        self._numbers: dict[tuple[str, bytes], int] = {}
        self._last: dict[str, int] = {}

    def number(self, kind: str, word: bytes) -> int:
        """Return the word's number, giving it one at first sight; an empty word, or one too many, is 0."""
        known = self._numbers.get((kind, word))
        return self._add(kind, word) if known is None else known

    def close(self) -> None:
        """Close the file; no number may be asked for afterwards."""
        self._file.close()

    def _add(self, kind: str, word: bytes) -> int:
        number = self._last.get(kind, _UNKNOWN) + 1
        if not word or number > _LARGEST:
            return _UNKNOWN
        self._numbers[kind, word] = self._last[kind] = number
        self._file.write(kind.encode() + b"\t" + word + b"\n")
        return number


class NameReader:
    """Turns numbers back into words, reading the file again when a number is new."""

    def __init__(self, record: Path) -> None:
        self._path = names_path(record)
        self._words: dict[str, list[str]] = {}

    def word(self, kind: str, number: int) -> str | None:
        """Return the word, or None for number 0 and for a number that the file does not explain."""
        if number == _UNKNOWN:
            return None
        if number > len(self._words.get(kind, ())):
            self._read()
        words = self._words.get(kind, [])
        return words[number - 1] if number <= len(words) else None

    def _read(self) -> None:
        self._words = {}
        lines = self._path.read_bytes().split(b"\n")[:-1] if self._path.exists() else []
        for line in lines:
            kind, _, word = line.decode("utf-8", "replace").partition("\t")
            self._words.setdefault(kind, []).append(word)
