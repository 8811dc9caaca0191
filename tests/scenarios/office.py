"""LibreOffice, as the program that somebody else opens a workbook with."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def save_in_libreoffice(soffice: str, path: Path, tmp_path: Path) -> None:
    """Open and save without an edit."""
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "saved")]
    subprocess.run([*command, str(path)], check=True, capture_output=True, timeout=120)
    shutil.copyfile(tmp_path / "saved" / path.name, path)
