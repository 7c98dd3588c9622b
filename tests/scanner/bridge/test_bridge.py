"""What detect-secrets' detectors find is reported like antkey's own, and what they missed is said."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from antkey_rules.load import load_builtin, load_providers
from antkey_scanner.bridge import detectors
from antkey_scanner.bridge.baseline import Baseline, read_baseline
from antkey_scanner.bridge.detectors import DETECTORS, Chosen
from antkey_scanner.bridge.plan import Plan
from antkey_scanner.bridge.run import add_detect_secrets
from antkey_scanner.engine import Scanned, Settings, scan
from antkey_scanner.model import Status

RULES = (*load_builtin(), *load_providers()[0])
SETTINGS = Settings()
ALL = tuple(Chosen(detector.name) for detector in DETECTORS)


def search(
    folder: Path,
    chosen: tuple[Chosen, ...] = detectors.usual(),
    baseline: Baseline | None = None,
    settings: Settings = SETTINGS,
    seconds: float = 10.0,
) -> Scanned:
    paths = [str(folder)]
    plan = Plan(chosen, RULES, baseline, marks=settings.marks, seconds=seconds)
    return add_detect_secrets(scan(paths, RULES, settings, jobs=1), paths, settings, plan, jobs=1)


def found(scanned: Scanned) -> dict[str, tuple[str, Status]]:
    """Rule and status by path."""
    return {each.location.path: (each.rule.id, each.status) for each in scanned.findings}


def test_a_secret_of_another_kind_is_a_finding(
    tmp_path: Path, github_token: str, aws_id: str
) -> None:
    (tmp_path / "a.txt").write_text(f"one\r\ntwo {github_token}\r\n")
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe" + f"key {aws_id}".encode("utf-16-le"))
    first, second = search(tmp_path).findings
    assert first.rule.id == "detect-secrets-github-token"
    assert first.location[:3] == ("a.txt", 2, 5)
    assert first.secret is not None
    assert first.secret.sha256 == hashlib.sha256(github_token.encode()).hexdigest()
    assert first.secret.hint == f"ghp…{github_token[-4:]}"
    assert second.rule.id == "detect-secrets-aws-access-key"
    assert second.location[:3] == ("b.txt", 1, 5)


def test_two_tokens_with_one_prefix_are_two_findings(
    tmp_path: Path, some: Callable[..., str]
) -> None:
    (tmp_path / "a.txt").write_text(f"ghp_{some(36)}\nghp_{some(36)}\n")
    assert len(search(tmp_path).findings) == 2


def test_a_short_secret_gets_no_hint(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("url = postgres://bob:hunter2x@db/app\n")
    (finding,) = search(tmp_path).findings
    assert finding.rule.id == "detect-secrets-basic-auth-credentials"
    assert "hunter2x" not in repr(finding)
    assert finding.secret is not None
    assert finding.secret.hint == "…"


def test_what_our_rules_see_is_theirs(
    tmp_path: Path, make_key: Callable[..., str], some: Callable[..., str]
) -> None:
    openai = f"sk-{some(20)}T3BlbkFJ{some(20)}"
    (tmp_path / "a.py").write_text(f'api_key = "{make_key()}"\nsecret = "{openai}"\n')
    scanned = search(tmp_path, ALL)
    assert [each.rule.id for each in scanned.findings] == ["anthropic-api-key", "openai-user-key"]


def test_no_text_of_a_secret_comes_home(tmp_path: Path, some: Callable[..., str]) -> None:
    secrets = [f"ghp_{some(36)}", some(40), "pass" + some(6)]
    (tmp_path / "a.py").write_text(
        f't = "{secrets[0]}"\naws_secret_key = "{secrets[1]}"\npassword = "{secrets[2]}"\n'
    )
    shown = repr(search(tmp_path, ALL))
    assert shown.count("detect-secrets-") >= 3
    for secret in secrets:
        assert not any(secret[at : at + 8] in shown for at in range(len(secret) - 7))


def test_values_without_quotes_are_read_in_configuration(
    tmp_path: Path, some: Callable[..., str]
) -> None:
    secret = some(40)
    (tmp_path / "credentials").write_text(f"[default]\naws_secret_access_key = {secret}\n")
    (finding,) = search(tmp_path).findings
    assert finding.rule.id == "detect-secrets-aws-access-key"
    assert finding.anchor == hashlib.sha256(secret.encode()).hexdigest()


def test_detectors_that_judge_randomness_run_when_chosen_only(
    tmp_path: Path, some: Callable[..., str]
) -> None:
    (tmp_path / "a.py").write_text(f'x = "{some(48)}"\n')
    assert search(tmp_path).findings == ()
    chosen = (Chosen("Base64HighEntropyString", (("limit", 3.0),)),)
    assert len(search(tmp_path, chosen).findings) == 1
    chosen = (Chosen("Base64HighEntropyString", (("limit", 7.9),)),)
    assert search(tmp_path, chosen).findings == ()


def test_a_secret_far_into_a_long_line_is_found(tmp_path: Path, github_token: str) -> None:
    (tmp_path / "min.js").write_text("x;" * 40_000 + github_token + ";y" * 40_000)
    (finding,) = search(tmp_path).findings
    assert finding.location[:3] == ("min.js", 1, 80_001)


def test_half_a_token_is_never_taken_for_one(tmp_path: Path) -> None:
    token = ".".join(
        base64.urlsafe_b64encode(part).decode().rstrip("=")
        for part in (b'{"alg":"HS256","typ":"JWT"}', b'{"sub":"somebody","name":"Some Body"}')
    )
    (tmp_path / "a.txt").write_text(f"{token} " * 2000)
    assert len(search(tmp_path).findings) == 1


def test_what_was_found_before_a_parser_failed_is_kept(tmp_path: Path, aws_id: str) -> None:
    (tmp_path / "deep.yaml").write_text(f"{aws_id}: " + "{aws: " * 20_000)
    scanned = search(tmp_path)
    assert found(scanned)["deep.yaml"][0] == "detect-secrets-aws-access-key"
    assert [skip.counts for skip in scanned.skips] == [True]


def test_a_file_that_takes_too_long_is_a_skip_that_counts(
    tmp_path: Path, github_token: str
) -> None:
    if sys.platform == "win32":
        pytest.skip("no clock for processor time there")
    (tmp_path / "slow.txt").write_text(f"{github_token}\n" + "//" * 500_000)
    (tmp_path / "fast.txt").write_text(github_token)
    scanned = search(tmp_path, seconds=0.2)
    (skip,) = scanned.skips
    assert skip.path == "slow.txt"
    assert skip.counts
    assert skip.reason == "not searched by detect-secrets: its detectors took longer than 0.2 s"
    assert "fast.txt" in found(scanned)


def test_what_is_too_large_is_a_skip_that_counts(tmp_path: Path) -> None:
    (tmp_path / "big.log").write_bytes(b"x\n" * (5 << 20))
    (skip,) = search(tmp_path).skips
    assert (skip.path, skip.counts) == ("big.log", True)
    assert skip.reason == "not searched by detect-secrets: larger than 8 MiB"


def test_what_is_no_text_is_none_of_its_business(tmp_path: Path, github_token: str) -> None:
    (tmp_path / "a.bin").write_bytes(b"\0\1" + github_token.encode())
    scanned = search(tmp_path)
    assert (scanned.findings, scanned.skips) == ((), ())


def test_excluded_files_stay_out(tmp_path: Path, github_token: str) -> None:
    (tmp_path / "a.txt").write_text(github_token)
    assert search(tmp_path, settings=Settings(exclude=("*.txt",))).findings == ()


def test_marks_waive_its_findings_too(tmp_path: Path, github_token: str) -> None:
    (tmp_path / "a.py").write_text(
        f"x = 1  # {github_token} antkey: ignore[detect-secrets-github-token] ours\n"
    )
    assert found(search(tmp_path))["a.py"][1] is Status.OPEN
    scanned = search(tmp_path, settings=Settings(marks=("antkey",)))
    assert found(scanned)["a.py"][1] is Status.WAIVED


def test_a_pragma_alone_hides_nothing(tmp_path: Path, github_token: str) -> None:
    pragma = "# pragma: allowlist " + "secret"
    (tmp_path / "a.py").write_text(f"x = '{github_token}'  {pragma}\n")
    assert found(search(tmp_path))["a.py"][1] is Status.OPEN
    scanned = search(tmp_path, settings=Settings(marks=("detect-secrets",)))
    assert found(scanned)["a.py"][1] is Status.WAIVED


def test_a_detector_that_is_not_installed_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (skip,) = search(tmp_path, (Chosen("QuantumDetector"),)).skips
    assert skip.counts
    assert "no detector QuantumDetector" in skip.reason


def test_the_scan_s_own_process_stays_clean(tmp_path: Path, github_token: str) -> None:
    (tmp_path / "a.txt").write_text(github_token)
    program = (
        "import sys\n"
        "from tests.scanner.bridge.test_bridge import search\n"
        "from pathlib import Path\n"
        "assert len(search(Path(sys.argv[1])).findings) == 1\n"
        "assert 'detect_secrets' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)


def test_nothing_goes_to_the_network(tmp_path: Path, aws_id: str, some: Callable[..., str]) -> None:
    """Not even for what detect-secrets could verify: a key and its secret, a token of a bot."""
    (tmp_path / "a.py").write_text(
        f'aws_key = "{aws_id}"\naws_secret_key = "{some(40)}"\n'
        f"xoxb-123456789012-{some(24)}\nsk_live_{some(24)}\n1234567890:{some(35)}\n"
        f"{some(32, '0123456789abcdef')}-us12\n"
    )
    program = (
        "import sys\n"
        "seen = []\n"
        "calls = {f'socket.{call}' for call in ('connect', 'getaddrinfo', 'gethostbyname', 'sendto')}\n"
        "sys.addaudithook(lambda event, _: seen.append(event) if event in calls else None)\n"
        "from pathlib import Path\n"
        "from antkey_scanner.bridge.adapter import Adapter\n"
        "from antkey_scanner.bridge.detectors import DETECTORS, Chosen\n"
        "adapter = Adapter([Chosen(each.name) for each in DETECTORS])\n"
        "found = {each.type for each in adapter.secrets('a.py', Path(sys.argv[1]).read_text())}\n"
        "assert {'AWS Access Key', 'Slack Token', 'Stripe Access Key'} <= found, found\n"
        "assert not seen, seen\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "a.py")], check=True)


def test_each_detector_of_the_installed_program_has_a_rule() -> None:
    program = (
        "from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class as m\n"
        "print(*sorted(f'{c.__name__}:{t}' for t, c in m().items()), sep='\\n')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[:-1] == sorted(f"{each.name}:{each.type}" for each in DETECTORS)


def test_every_rule_is_in_the_control() -> None:
    assert set(detectors.control().rules) == {rule.id for rule in detectors.rules()}
    assert all(rule.why and rule.remedy and rule.title for rule in detectors.rules())


def test_a_baseline_s_heuristics_and_excludes_are_its_own(
    tmp_path: Path, github_token: str
) -> None:
    (tmp_path / ".secrets.baseline").write_text(
        '{"version": "1.5.0", "results": {}, "plugins_used": [{"name": "GitHubTokenDetector"}],'
        ' "filters_used": [{"path": "detect_secrets.filters.regex.should_exclude_file",'
        ' "pattern": ["left[.]txt$"]}, {"path": "file://evil.py::run"}]}'
    )
    (tmp_path / "evil.py").write_text("raise SystemExit('ran')")
    (tmp_path / "left.txt").write_text(github_token)
    (tmp_path / "right.txt").write_text(github_token)
    baseline = read_baseline(str(tmp_path / ".secrets.baseline"))
    assert baseline.detectors is not None
    assert set(found(search(tmp_path, baseline.detectors, baseline))) == {"right.txt"}
