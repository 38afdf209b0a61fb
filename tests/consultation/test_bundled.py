import pytest

from consultation import bundled as bundled_file
from consultation.bundled import PLACES, bundled
from consultation.errors import NotReady


def test_a_checkout_holds_the_samples():
    assert bundled("samples").parts[-2:] == ("data", "samples")


def test_the_wheel_comes_before_a_checkout(tmp_path, monkeypatch):
    (tmp_path / "samples").mkdir()
    monkeypatch.setattr(bundled_file, "_PACKAGE", tmp_path)
    assert bundled("samples") == tmp_path / "samples"


@pytest.mark.parametrize("name", PLACES)
def test_what_is_missing_says_how_to_get_it(tmp_path, monkeypatch, name):
    monkeypatch.setattr(bundled_file, "_PACKAGE", tmp_path / "wheel")
    monkeypatch.setattr(bundled_file, "_CHECKOUT", tmp_path / "checkout")
    with pytest.raises(NotReady, match=f"bundled {name} is missing; install the wheel again"):
        bundled(name)
