"""What kind of thing a file is by its name, and how to show a name that tries to hide it."""

from __future__ import annotations

import re

from desk_app.domain.mail import safe_name


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PROGRAMS = _words(
    "ade adp apk app appimage appref-ms application appx appxbundle bas bat bash bin bsh cab"
    " chm class cmd com command cpl csh deb desktop diagcab dll dmg docm dotm drv elf exe fish"
    " gadget hlp hta htc img inf ins iso isp jar jnlp js jse ksh lib library-ms lnk mad maf"
    " mam maq mar mat mda mde mdt mdw mdz msc msh msh1 msh2 mshxml msi msix msixbundle msp mst"
    " ocx one ops osd out pcd phar php pif pkg pl plg potm ppam ppsm pptm prf prg ps1 ps1xml"
    " ps2 ps2xml psc1 psc2 psd1 psm1 pssc py pyc pyo pyw pyz pyzw rb reg rpm run scf scpt scr"
    " sct search-ms service settingcontent-ms sh shb shs sldm slk sys terminal theme tmp udl"
    " url vb vbe vbp vbs vhd vhdx vsmacros vxd webloc website workflow ws wsc wsf wsh xbap"
    " xlam xll xlm xlsb xlsm xltm xnk zsh"
)
"""Ends of names that run something, or that the system unpacks or mounts and then may run."""
_PROGRAM_TYPES = re.compile(
    r"application/(?:x-(?:ms-?dos|msdownload|executable|sh|shellscript|java-archive|msi|bat"
    r"|elf|pie-executable|sharedlib|desktop|dosexec)\S*|java-archive|hta|vnd\.microsoft\.portable"
    r"-executable)|text/(?:javascript|vbscript|x-(?:sh|shellscript|python|perl))",
    re.IGNORECASE,
)
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def extension(name: str) -> str:
    """Return how a name ends, in small letters, as the system would read it; '' for no end."""
    return safe_name(name).rpartition(".")[2].lower() if "." in safe_name(name) else ""


def runs(name: str, mime_type: str = "") -> bool:
    """Whether opening a file of this name or type could run what a stranger wrote."""
    return extension(name) in _PROGRAMS or _PROGRAM_TYPES.match(mime_type) is not None


def shown_name(name: str, limit: int = 120) -> str:
    """Return a name on one line with what cannot be seen spelt out; long ones lose the middle."""
    plain = _HIDDEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", name)
    if len(plain) <= limit:
        return plain
    return f"{plain[: limit * 2 // 3]}…{plain[-(limit // 3) :]}"
