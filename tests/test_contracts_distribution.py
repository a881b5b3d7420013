"""Name and version of the distribution that a contracts package comes in."""

from __future__ import annotations

from pathlib import Path

from support.contracts import write

from asyncapi.contracts.distribution import distribution

PROJECT = '[project]\nname = "acme-core"\nversion = "2.1.0"\n'


def _metadata(folder: Path, name: str, files: dict[str, str]) -> None:
    (folder / name).mkdir(parents=True)
    for file, text in files.items():
        (folder / name / file).write_text(text, encoding="utf-8")


def test_the_nearest_project_file_counts(tmp_path: Path) -> None:
    """The one nearest above the import folder wins over one further up."""
    source = tmp_path / "packages/core/src"
    source.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "all"\nversion = "0"\n', encoding="utf-8")
    (tmp_path / "packages/core/pyproject.toml").write_text(PROJECT, encoding="utf-8")
    assert distribution("acme.contracts", source, tmp_path, []) == ("acme-core", "2.1.0")


def test_projects_above_the_workspace_do_not_count(tmp_path: Path) -> None:
    """The search ends with the workspace, or the repository where the package lies elsewhere."""
    (tmp_path / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    (tmp_path / "work/src").mkdir(parents=True)
    assert distribution("acme", tmp_path / "work/src", tmp_path / "work", []) == ("", "")
    (tmp_path / "other/.git").mkdir(parents=True)
    assert distribution("acme", tmp_path / "other", tmp_path / "work", []) == ("", "")


def test_a_dynamic_version_is_taken_from_the_installed_metadata(tmp_path: Path) -> None:
    """The project file names the distribution, the interpreter knows its version; Poetry's table counts too."""
    _metadata(tmp_path / "site", "Acme_Core-3.0.1.dist-info", {})
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "acme.core"\ndynamic = ["version"]\n', encoding="utf-8")
    path = [str(tmp_path / "nowhere"), "", str(tmp_path / "site")]
    assert distribution("acme", tmp_path, tmp_path, path) == ("acme.core", "3.0.1")
    (tmp_path / "pyproject.toml").write_text('[tool.poetry]\nname = "acme"\nversion = "1"\n', encoding="utf-8")
    assert distribution("acme", tmp_path, tmp_path, path) == ("acme", "1")


def test_an_installed_package_is_found_by_its_files(tmp_path: Path) -> None:
    """Metadata beside the package says which distribution brought it, by top-level names or the record."""
    site = tmp_path / "site-packages"
    _metadata(site, "other-1.0.dist-info", {"top_level.txt": "other\n"})
    _metadata(site, "acme_core-2.0.dist-info", {"RECORD": "acme/__init__.py,sha256=x,1\nacme/a.py,,\n"})
    (tmp_path / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    assert distribution("acme.contracts", site, tmp_path, []) == ("acme-core", "2.0")
    assert distribution("nobody", site, tmp_path, []) == ("", "")


def test_a_broken_project_file_says_nothing(tmp_path: Path) -> None:
    """What is no TOML, or has no project table, leaves both empty."""
    (tmp_path / "pyproject.toml").write_text("[project\n", encoding="utf-8")
    assert distribution("acme", tmp_path, tmp_path, []) == ("", "")
    (tmp_path / "pyproject.toml").write_text("[tool.black]\n", encoding="utf-8")
    assert distribution("acme", tmp_path, tmp_path, []) == ("", "")


def test_contracts_carry_it(tmp_path: Path) -> None:
    """Looking at a package in a project gives its distribution."""
    (tmp_path / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    contracts = write(tmp_path, "acme", "")
    assert (contracts.distribution, contracts.version) == ("acme-core", "2.1.0")
