"""Archives that students should not hand in, made byte by byte: for the tests of the intake."""

import io
import os
import stat
import struct
import tarfile
import zipfile

CODE = b"def f(x):\n    return x\n"


def zipped(members, *, compression=zipfile.ZIP_DEFLATED):
    """Return a zip archive of (name, bytes, mode) or (name, bytes)."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data, *mode in members:
            info = zipfile.ZipInfo("x")
            info.filename = name  # as it is: the constructor would repair it
            info.compress_type = compression
            info.create_system = 3
            info.external_attr = (mode[0] if mode else stat.S_IFREG | 0o644) << 16
            archive.writestr(info, data)
    return file.getvalue()


def tarred(members, *, mode="w", format=tarfile.PAX_FORMAT):
    """Return a tar archive of (name, bytes, type, link) or (name, bytes)."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode, format=format) as archive:
        for name, data, *rest in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            if rest:
                info.type, info.linkname = rest
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def encrypted():
    """Return a zip archive whose member says that it is encrypted."""
    data = bytearray(zipped([("a.py", CODE)]))
    for at in (data.find(b"PK\3\4") + 6, data.find(b"PK\1\2") + 8):
        data[at] |= 1
    return bytes(data)


def with_wrong_size(size):
    """Return a zip archive whose member is larger than it says: it says `size`."""
    data = bytearray(zipped([("a.py", b"#" * 4_000_000), ("b.py", CODE)]))
    for at in (data.find(b"PK\3\4") + 22, data.find(b"PK\1\2") + 24):
        data[at : at + 4] = struct.pack("<I", size)
    return bytes(data)


def with_zero_byte():
    """Return a zip archive with a name that goes on behind a zero byte."""
    data = zipped([("a.pyX../../etc/cron.d/a", CODE)])
    return data.replace(b"a.pyX", b"a.py\0")


def bomb():
    """Return a zip archive of 20 MB of nothing in few bytes."""
    return zipped([(f"{n}.py", b"\0" * 4_900_000) for n in range(4)])


def tar_bomb(mode):
    """Return a compressed tar archive of 40 MB of nothing."""
    return tarred([(f"{n}.py", b"\0" * 4_900_000) for n in range(8)], mode=mode)


def overlapping():
    """Return a zip archive of 100 names for the same bytes: each is small, all are not."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("0.py", os.urandom(1_000_000))
        first = archive.infolist()[0]
        for n in range(1, 100):
            info = zipfile.ZipInfo(f"{n}.py")
            info.CRC, info.compress_size, info.file_size = (
                first.CRC,
                first.compress_size,
                first.file_size,
            )
            info.header_offset, info.external_attr = first.header_offset, first.external_attr
            archive.filelist.append(info)
            archive.NameToInfo[info.filename] = info
    return file.getvalue()


LINK = stat.S_IFLNK | 0o777
HOSTILE = {
    "zip: parent folder": (zipped([("../a.py", CODE)]), "outside"),
    "zip: parent folder inside": (zipped([("a/../../b.py", CODE)]), "outside"),
    "zip: backslashes": (zipped([("..\\a.py", CODE)]), "outside"),
    "zip: absolute": (zipped([("/etc/a.py", CODE)]), "outside"),
    "zip: drive": (zipped([("C:\\a.py", CODE)]), "outside"),
    "zip: junk that leads out": (zipped([("__MACOSX/../../a.py", CODE)]), "outside"),
    "zip: zero byte": (with_zero_byte(), "name"),
    "zip: escape sequence": (zipped([("a\x1b[2J.py", CODE)]), "name"),
    "zip: right-to-left": (zipped([("a\u202eyp.py", CODE)]), "name"),
    "zip: long name": (zipped([("a" * 250 + ".py", CODE)]), "name"),
    "zip: deep": (zipped([("a/" * 12 + "b.py", CODE)]), "name"),
    "zip: link": (zipped([("a.py", b"/etc/passwd", LINK)]), "link"),
    "zip: link to a folder": (zipped([("a", b"/etc", LINK), ("a/b.py", CODE)]), "link"),
    "zip: pipe": (zipped([("a.py", b"", stat.S_IFIFO | 0o644)]), "special"),
    "zip: device": (zipped([("a.py", b"", stat.S_IFCHR | 0o644)]), "special"),
    "zip: encrypted": (encrypted(), "encrypted"),
    "zip: other case": (zipped([("a.py", CODE), ("A.PY", CODE)]), "twice"),
    "zip: other composition": (zipped([("\u00e4.py", CODE), ("a\u0308.py", CODE)]), "twice"),
    "zip: file and folder": (zipped([("a", CODE), ("a/b.py", CODE)]), "twice"),
    "zip: dot and slash": (zipped([("a.py", CODE), ("./a.py", CODE)]), "twice"),
    "zip: bomb": (bomb(), "bomb"),
    "zip: overlapping bytes": (overlapping(), "not_archive"),
    "zip: more than it says": (with_wrong_size(10), "not_archive"),
    "zip: far more than there is": (with_wrong_size(4_294_967_000), "bomb"),
    "zip: cut": (zipped([("a.py", CODE)])[:-30], "not_archive"),
    "zip: many": (zipped([(f"{n}.py", CODE) for n in range(201)]), "count"),
    "zip: large": (zipped([("a.py", bytes(range(256)) * 20_000)], compression=0), "too_large"),
    "tar: parent folder": (tarred([("../a.py", CODE)]), "outside"),
    "tar: absolute": (tarred([("/etc/a.py", CODE)]), "outside"),
    "tar: link": (tarred([("a.py", b"", tarfile.SYMTYPE, "/etc/passwd")]), "link"),
    "tar: hard link": (tarred([("a.py", b"", tarfile.LNKTYPE, "b.py")]), "link"),
    "tar: device": (tarred([("a.py", b"", tarfile.CHRTYPE, "")]), "special"),
    "tar: pipe": (tarred([("a.py", b"", tarfile.FIFOTYPE, "")]), "special"),
    "tar: twice": (tarred([("a.py", CODE), ("a.py", b"")]), "twice"),
    "tar.gz: bomb": (tar_bomb("w:gz"), "bomb"),
    "tar.bz2: bomb": (tar_bomb("w:bz2"), "bomb"),
    "tar.xz: bomb": (tar_bomb("w:xz"), "bomb"),
    "tar: large": (tarred([("a.py", b"#" * 5_000_001)]), "too_large"),
    "tar: cut": (tarred([("a.py", CODE * 100)])[:700], "not_archive"),
    "gz: no tar inside": (b"\x1f\x8b\x08" + bytes(100), "not_archive"),
    "no archive": (b"Dear instructor, ...", "not_archive"),
    "nothing": (b"", "not_archive"),
}
"""Archives with what is wrong with each."""
