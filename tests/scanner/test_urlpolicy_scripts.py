"""Names in other scripts: valid ones pass, those that are not what they look like do not."""

from __future__ import annotations

import idna
import pytest

from antkey_scanner.urlpolicy import check_base_url


def encoded(name: str) -> str:
    """A name as punycode has it, valid or not."""
    return ".".join(
        label if label.isascii() else "xn--" + label.encode("punycode").decode()
        for label in name.split(".")
    )


@pytest.mark.parametrize(
    "name",
    [
        *("b\u00fccher.example.com", "\u4f8b\u5b50.com", "\u0430\u0432\u0442\u043e.com"),
        *(
            "\u65e5\u672c\u8a9e\u306e\u30b5\u30a4\u30c8.com",
            "\ud55c\uad6d\u8a9e.com",
            "\u0e44\u0e17\u0e22.com",
        ),
        *(
            "a\u65e5\u672c1.com",
            "\u0645\u062b\u0627\u0644.com",
            "\u05d3\u05d5\u05d2\u05de\u05d4.com",
        ),
        *(
            "\u03b4\u03bf\u03ba\u03b9\u03bc\u03ae.com",
            "stra\u00dfe.de",
            "\u0928\u092e\u0938\u094d\u0924\u0947.com",
        ),
        *(
            "gateway.\u0440\u0444",
            "\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444",
            "l\u00b7l.cat",
        ),
    ],
)
def test_valid_name_in_one_script_passes(name: str) -> None:
    assert encoded(name) == idna.encode(name).decode()
    assert (
        check_base_url(f"https://{encoded(name)}").normal == f"https://{encoded(name)}/v1/messages"
    )


@pytest.mark.parametrize(
    "label",
    [
        *(
            "xn--",
            "xn--a",
            "xn---",
            "xn--a-",
            "xn--abc-",
            "xn--0",
            "xn--99999999",
            "xn--zzzzzzzzzzzz",
        ),
        *("xn--localhost-", "xn--127", "xn--ls8h", "xn--bcher-kva8", "xn--xn--bcher-kva-"),
        *(
            encoded("\u00fc\u200d"),
            encoded("\uff11\uff12\uff17"),
            encoded("\u00fcB").lower() + "-",
        ),
        *(
            encoded("a\u0301"),
            encoded("\u0301a"),
            encoded("\u2044a"),
            encoded("a\u3002b"),
            encoded("\u00c4"),
        ),
        *(
            encoded("\uff0e"),
            encoded("a\u00adb"),
            encoded("\u2460"),
            encoded("\u212a"),
            encoded("\ufb01"),
        ),
    ],
)
def test_label_that_does_not_decode_to_itself_is_refused(label: str) -> None:
    for url in (f"https://{label}.com", f"https://a.{label}.example.com", f"https://a.{label}"):
        assert not check_base_url(url).ok, url


@pytest.mark.parametrize(
    "name",
    [
        *("\u0430pi.example.com", "\u0430nthropic.com", "anthr\u043epic.com", "cl\u0430ude.ai"),
        *("anthropi\u0441.com", "\u03b1nthropic.com", "anthr\u03bfpic.com", "p\u0430ypal.com"),
        *("\u0430\u03b1.com", "\u65e5\u0430.com", "\ud55c\u306e.com", "anthr\u0585pic.com"),
    ],
)
def test_mixed_scripts_are_refused(name: str) -> None:
    assert "mixes scripts" in str(check_base_url(f"https://{encoded(name)}").reason)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "\u0430\u0440\u0440\u04cf\u0435.com",
            "\u0441\u0430\u0441\u0430.example.com",
            "\u043e\u043e\u043e.com",
        ),
        *("\u03bf\u03bd\u03bf.com", "\u0585\u057d.com", "\u0441\u0430\u0440\u0430-1.com"),
    ],
)
def test_other_script_that_reads_as_latin_is_refused(name: str) -> None:
    assert "look Latin" in str(check_base_url(f"https://{encoded(name)}").reason)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "anthrop\u00edc.com",
            "anthr\u00f6pic.com",
            "\u00e3nthropic.com",
            "api.anthrop\u0131c.com",
        ),
        *("cl\u00e4ude.ai", "c\u0142aude.ai", "anthr\u00f8pic-gateway.com", "\u0251nthropic.com"),
        *("\u0430\u043f\u0442\u04bb\u0433\u043e\u0440\u0456\u0441.com", "an\u0165hropic.com"),
        *(
            "anthr0pic.com",
            "anthroplc.com",
            "anthrop1c.com",
            "api.anthr0p1c.com",
            "c1aude.ai",
            "ciaude.ai",
        ),
        *("api.anthropic.com.anthr0pic.com",),
    ],
)
def test_name_that_only_looks_like_anthropics_is_refused(name: str) -> None:
    assert "has a host" in str(check_base_url(f"https://{encoded(name)}").reason)


@pytest.mark.parametrize(
    "name",
    [
        "anthropic.com",
        "my-anthropic-gateway.example.com",
        "claude.com",
        "anthropology.com",
        "clade.com",
    ],
)
def test_name_that_is_spelled_plainly_passes(name: str) -> None:
    assert check_base_url(f"https://{name}").ok
