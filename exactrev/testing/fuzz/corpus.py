"""A folder of findings, one file for each kind: what was found before is looked at first, by campaigns and by tests.

Knows files. Beside the findings, the folder `certificates` holds what `exactrev check` accepts about them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from exactrev.errors import BadInput
from exactrev.network.files.disk import read_source, write_atomically
from exactrev.testing.fuzz.findings import Finding, Key, read_finding
from exactrev.testing.fuzz.judging import FAULT, judge

__all__ = ["Corpus", "replay"]


class Corpus:
    """The findings in a folder, by statement and kind; the folder is made with the first that is kept."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        """Read all files. Raises `BadInput` for one that is no finding, or not under its name, and for no folder."""
        self.folder = Path(folder)
        if self.folder.exists() and not self.folder.is_dir():
            raise BadInput(str(folder), "", "something that is not a folder", "a folder of findings")
        if not self.folder.absolute().parent.is_dir():
            raise BadInput(str(folder), "", "a folder that does not exist", "a folder that can be made")
        self.findings: dict[Key, Finding] = {}
        for path in sorted(self.folder.glob("*.json")):
            source = read_source(path)
            finding = read_finding(source)
            if finding.file_name != path.name:
                raise BadInput(str(path), "", f"a finding that belongs into {finding.file_name}", "its own file name")
            self.findings[finding.key] = finding

    def keep(self, finding: Finding, certificates: Iterable[tuple[str, bytes]] = ()) -> bool:
        """Write a finding, unless there is one as small already; whether it was written. Raises `BadInput`."""
        known = self.findings.get(finding.key)
        if known is not None and known.order <= finding.order:
            return False
        self._make(self.folder)
        for name, data in certificates:
            self._make(self.folder / "certificates")
            write_atomically(self.folder / "certificates" / name, data)
        write_atomically(self.folder / finding.file_name, f"{finding.to_text()}\n".encode("ascii"))
        self.findings[finding.key] = finding
        return True

    def forget(self, finding: Finding) -> None:
        """A finding that is none any more: its file stays until another of its kind is kept."""
        self.findings.pop(finding.key, None)

    def _make(self, folder: Path) -> None:
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            reason = error.strerror or str(error)
            raise BadInput(str(folder), "", reason[0].lower() + reason[1:], "a folder that can be made") from None


def replay(finding: Finding) -> str:
    """Decide again what was found: empty if it is as it was, else what it is now.

    >>> from exactrev.network import Network
    >>> dead = Network.from_arrays([([[0]], [0]), ([[1]], [0])])  # vanishes everywhere
    >>> found = Finding("regions_correspond_to_patterns", "fails: no witness", dead, seed=0, shard=0, example=0)
    >>> replay(found)
    'FAILS, fails: neuron, vanishes around, where the pattern is'
    """
    judgements, _ = judge(finding.network, [finding.label], twice=finding.verdict == FAULT)
    (now,) = judgements
    if (now.outcome, now.kind) == (finding.verdict, finding.kind):
        return ""
    return ", ".join(filter(None, (now.outcome, now.kind)))
