"""Names that are not of the public Internet, or lead from there to machines nearby: tables only."""

SPECIAL_USE = frozenset(
    (
        # RFC 6761 and 2606, 6762, 7686, 8375 (home.arpa), 9476. All of .arpa is the DNS's own. Not
        # example.com and its like: these are delegated, and RFC 6761 has applications treat them as any name.
        *("localhost", "test", "invalid", "example", "local", "onion", "arpa", "alt"),
        # ICANN: internal is for private use (2024), the others are never to be delegated (2018).
        *("internal", "home", "corp", "mail"),
        # By habit: RFC 6762 (appendix G), routers, Linux distributions, Kubernetes, Consul.
        *("localdomain", "lan", "intranet", "private", "svc", "consul"),
    )
)
"""Last labels."""

WILDCARDS = frozenset(
    (
        # The address is spelled in the name, in whatever notation.
        *("nip.io", "sslip.io", "xip.io", "traefik.me", "backname.io", "ip.es.io", "plex.direct"),
        *("local-ip.co", "1u.ms", "rbndr.us", "rebind.it"),
        # Every name leads to this machine.
        *("localtest.me", "lvh.me", "vcap.me", "lacolhost.com", "fuf.me", "127-0-0-1.org.uk"),
        *("localhost.tv", "localhost.direct", "localhst.co.uk", "localh.st", "local.gd"),
        *("ddev.site", "lndo.site", "local.sisteminha.com", "local.computer", "ratchetlocal.com"),
        *("smackaho.st", "ulh.us", "42foo.com", "beweb.com", "yoogle.com", "fbi.com", "ortkut.com"),
        *("feacebook.com", "localmachine.info", "localmachine.name", "localfabriek.nl"),
        *("spoofed.burpcollaborator.net", "bugbounty.dod.network"),
    )
)
"""Names with all below them: public services for development that lead to private addresses."""

METADATA = frozenset(
    (
        *("metadata.goog", "metadata.azure.com", "metadata.tencentyun.com"),
        *("metadata.packet.net", "metadata.platformequinix.com"),
    )
)
"""Names, with all below them, of clouds' metadata services; those of others end in `.internal`."""
