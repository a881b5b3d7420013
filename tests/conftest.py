"""Rules for the whole suite: a test that does not run has failed, and some kinds of test must have run.

`PORTAL_MUST_RUN="browser node"` names markers of which at least one test must pass.
`PORTAL_WHEEL=<directory>` says that the packages under test must come from there.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

import asyncapi
import portal

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to test the checkout when the wheel was asked for."""
    config.stash[PASSED] = set()
    wheel = os.environ.get("PORTAL_WHEEL")
    for package in (asyncapi, portal):
        if wheel and not Path(package.__path__[0]).resolve().is_relative_to(Path(wheel).resolve()):
            raise pytest.UsageError(f"{package.__name__} was imported from {package.__path__[0]}, not from {wheel}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark property tests `fuzz`, so that `make fuzz` finds them."""
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("fuzz")


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what commands remember of scans out of the home folder."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Turn a skip into a failure and keep the markers that the controlling process counts."""
    report = yield
    _refuse_skip(report)
    report.user_properties.append(("markers", sorted({mark.name for mark in item.iter_markers()})))
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, Any, Any]:
    """Turn a module that skips itself into a failure."""
    report = yield
    _refuse_skip(report)
    return report


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Tests may not be skipped: {report.longrepr}"


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a session in which a kind of test that must run did not."""
    if hasattr(session.config, "workerinput"):
        return
    missing = set(os.environ.get("PORTAL_MUST_RUN", "").split()) - session.config.stash[PASSED]
    if missing and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        print(f"\nNo test passed that is marked: {', '.join(sorted(missing))}")


class _Passed:
    """Collects the markers of the tests that passed, in the process that also sees the workers' reports."""

    def __init__(self, markers: set[str]) -> None:
        self.markers = markers

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            self.markers.update(*(value for key, value in report.user_properties if key == "markers"))


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start counting."""
    session.config.pluginmanager.register(_Passed(session.config.stash[PASSED]))


PASSED = pytest.StashKey[set[str]]()
