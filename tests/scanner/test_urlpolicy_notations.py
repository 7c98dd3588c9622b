"""No address is taken for a name: notation by address by place in the URL, all of them refused.

What resolvers, browsers and HTTP clients read as an IP address is much more than what `ipaddress` does.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address

import pytest

from antkey_scanner.urlpolicy import check_base_url

ADDRESSES = (
    *("127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.5.4", "192.168.1.1", "169.254.169.254"),  # noqa: S104 - to refuse it
    *("100.64.0.1", "8.8.8.8", "255.255.255.255", "224.0.0.1"),
)


def octets(address: str) -> list[int]:
    return list(IPv4Address(address).packed)


def number(address: str) -> int:
    return int(IPv4Address(address))


def joined(address: str, form: str) -> str:
    return ".".join(form.format(octet) for octet in octets(address))


def shortened(address: str, kept: int) -> str:
    """The last number stands for all octets that are left, as inet_aton has it."""
    head = octets(address)[:kept]
    rest = number(address) & (256 ** (4 - kept) - 1)
    return ".".join(map(str, [*head, rest]))


def digits(address: str, zero: int) -> str:
    return "".join(chr(zero + int(each)) if each.isdigit() else each for each in address)


def percent(address: str) -> str:
    return "".join(f"%{ord(each):02x}" for each in address)


def six(address: str, prefix: str) -> str:
    return str(IPv6Address(int(IPv6Address(prefix)) | number(address)))


NOTATIONS: dict[str, Callable[[str], str]] = {
    "dotted": str,
    "decimal": lambda one: str(number(one)),
    "decimal and 2^32": lambda one: str(number(one) + (1 << 32)),
    "octal": lambda one: f"0{number(one):o}",
    "hex": lambda one: f"0x{number(one):08x}",
    "HEX": lambda one: f"0X{number(one):X}",
    "long hex": lambda one: f"0x{number(one):020x}",
    "dotted octal": lambda one: joined(one, "0{:o}"),
    "dotted long octal": lambda one: joined(one, "{:011o}"),
    "dotted 0o": lambda one: joined(one, "0o{:o}"),
    "dotted hex": lambda one: joined(one, "0x{:x}"),
    "dotted HEX": lambda one: joined(one, "0X{:02X}"),
    "dotted zeros": lambda one: joined(one, "{:03}"),
    "two parts": lambda one: shortened(one, 1),
    "three parts": lambda one: shortened(one, 2),
    "two parts, hex": lambda one: f"0x{octets(one)[0]:x}.{number(one) & 0xFFFFFF}",
    "mixed": lambda one: "0x{:x}.0{:o}.{}.{}".format(*octets(one)),
    "five parts": lambda one: f"{one}.0",
    "dot at the end": lambda one: f"{one}.",
    "decimal, dot at the end": lambda one: f"{number(one)}.",
    "two dots": lambda one: one.replace(".", "..", 1),
    "full-width digits": lambda one: digits(one, 0xFF10),
    "Arabic digits": lambda one: digits(one, 0x0660),
    "Thai digits": lambda one: digits(one, 0x0E50),
    "mathematical digits": lambda one: digits(one, 0x1D7CE),
    "full-width dots": lambda one: one.replace(".", "\uff0e"),
    "ideographic dots": lambda one: one.replace(".", "\u3002"),
    "half-width ideographic dots": lambda one: one.replace(".", "\uff61"),
    "soft hyphen": lambda one: one.replace(".", "\u00ad.", 1),
    "percent-encoded": percent,
    "percent-encoded dots": lambda one: one.replace(".", "%2e"),
    "percent-encoded twice": lambda one: one.replace(".", "%252e"),
    "null behind": lambda one: f"{one}%00",
    "null and a name behind": lambda one: f"{one}%00.example.com",
    "blank behind": lambda one: f"{one} .example.com",
    "mapped": lambda one: f"[::ffff:{one}]",
    "mapped, hex": lambda one: f"[{six(one, '::ffff:0:0')}]",
    "mapped, long": lambda one: f"[{IPv6Address(f'::ffff:{one}').exploded}]",
    "mapped, no brackets": lambda one: f"::ffff:{one}",
    "compatible": lambda one: f"[::{one}]",
    "NAT64": lambda one: f"[{six(one, '64:ff9b::')}]",
    "6to4": lambda one: f"[2002:{number(one) >> 16:x}:{number(one) & 0xFFFF:x}::1]",
    "zone": lambda one: f"[fe80::{one}%25eth0]",
    "zone, plain": lambda one: f"[::ffff:{one}%1]",
    "in brackets": lambda one: f"[{one}]",
    "nip.io": lambda one: f"{one}.nip.io",
    "sslip.io": lambda one: f"www-{one.replace('.', '-')}.sslip.io",
    "reverse": lambda one: f"{'.'.join(reversed(one.split('.')))}.in-addr.arpa",
}

PLACES: dict[str, Callable[[str], str]] = {
    "bare": "https://{}".format,
    "slash": "https://{}/".format,
    "port": "https://{}:443".format,
    "endpoint": "https://{}/v1/messages".format,
    "behind a name as user": "https://api.anthropic.com@{}".format,
    "behind a backslash": "https://api.anthropic.com\\@{}/".format,
    "before a name as fragment": "https://{}#.anthropic.com/".format,
    "before a name as query": "https://{}?.anthropic.com/".format,
    "upper case": lambda host: f"HTTPS://{host.upper()}",
}


def test_table_is_large() -> None:
    assert len(NOTATIONS) * len(ADDRESSES) * len(PLACES) > 4000


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("notation", NOTATIONS)
def test_address_is_refused_in_every_notation(notation: str, place: str) -> None:
    passed = [
        url
        for url in (PLACES[place](NOTATIONS[notation](address)) for address in ADDRESSES)
        if check_base_url(url).ok
    ]
    assert passed == []


@pytest.mark.parametrize(
    "address",
    [
        *(
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "2001:db8::1",
            "2607:6bc0::10",
            "ff02::1",
        ),
        *("0:0:0:0:0:0:0:1", "0000:0000:0000:0000:0000:0000:0000:0001", "::ffff:7f00:1", "1::"),
    ],
)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("form", ["[{}]", "{}", "[{}]."])
def test_ipv6_is_refused_with_and_without_brackets(address: str, place: str, form: str) -> None:
    assert not check_base_url(PLACES[place](form.format(address))).ok
