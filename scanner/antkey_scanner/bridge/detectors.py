"""Which detectors detect-secrets has, as rules of ours: what each finds, how sure it is, what to do.

Data only; detect-secrets itself is not imported.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from antkey_scanner.model import Confidence, Control, Rule, Severity

FAMILY = "detect-secrets"
_REQUIREMENTS = ("A11", "T16")
_FRAMEWORKS = ("SOC2:CC6.1", "ISO27001:A.5.17", "NIST800-53:IA-5", "CWE-798")


class Detector(NamedTuple):
    """A detector of detect-secrets.

    name: its class; type: what it calls a finding, also in baselines; issuer: who can revoke what it
    finds; usual: whether it runs when nobody says which ones shall.
    """

    name: str
    type: str
    issuer: str
    confidence: Confidence = Confidence.MEDIUM
    usual: bool = True

    @property
    def rule_id(self) -> str:
        words = re.findall(r"[a-z0-9]+", self.type.lower())
        return f"{FAMILY}-{'-'.join(words)}"


class Chosen(NamedTuple):
    """A detector that shall run, with the settings of its own (`limit`, `keyword_exclude`)."""

    name: str
    settings: tuple[tuple[str, object], ...] = ()


_LOW, _HIGH = Confidence.LOW, Confidence.HIGH

DETECTORS = (
    Detector("ArtifactoryDetector", "Artifactory Credentials", "Artifactory", _LOW, usual=False),
    Detector("AWSKeyDetector", "AWS Access Key", "AWS", _HIGH),
    Detector("AzureStorageKeyDetector", "Azure Storage Account access key", "Azure", _HIGH),
    Detector("Base64HighEntropyString", "Base64 High Entropy String", "", _LOW, usual=False),
    Detector("BasicAuthDetector", "Basic Auth Credentials", "the server", _LOW),
    Detector("CloudantDetector", "Cloudant Credentials", "Cloudant"),
    Detector("DiscordBotTokenDetector", "Discord Bot Token", "Discord"),
    Detector("GitHubTokenDetector", "GitHub Token", "GitHub", _HIGH),
    Detector("GitLabTokenDetector", "GitLab Token", "GitLab", _HIGH),
    Detector("HexHighEntropyString", "Hex High Entropy String", "", _LOW, usual=False),
    Detector("IbmCloudIamDetector", "IBM Cloud IAM Key", "IBM Cloud"),
    Detector("IbmCosHmacDetector", "IBM COS HMAC Credentials", "IBM Cloud"),
    Detector("IPPublicDetector", "Public IP (ipv4)", "", _LOW, usual=False),
    Detector("JwtTokenDetector", "JSON Web Token", "the service that signed it"),
    Detector("KeywordDetector", "Secret Keyword", "", _LOW, usual=False),
    Detector("MailchimpDetector", "Mailchimp Access Key", "Mailchimp"),
    Detector("NpmDetector", "NPM tokens", "npm"),
    Detector("OpenAIDetector", "OpenAI Token", "OpenAI", _HIGH),
    Detector("PrivateKeyDetector", "Private Key", "whoever trusts it", _HIGH),
    Detector("PypiTokenDetector", "PyPI Token", "PyPI", _HIGH),
    Detector("SendGridDetector", "SendGrid API Key", "SendGrid", _HIGH),
    Detector("SlackDetector", "Slack Token", "Slack", _HIGH),
    Detector("SoftlayerDetector", "SoftLayer Credentials", "SoftLayer"),
    Detector("SquareOAuthDetector", "Square OAuth Secret", "Square"),
    Detector("StripeDetector", "Stripe Access Key", "Stripe", _HIGH),
    Detector("TelegramBotTokenDetector", "Telegram Bot Token", "Telegram"),
    Detector("TwilioKeyDetector", "Twilio API Key", "Twilio", _LOW),
)
"""All of detect-secrets 1.5. Not usual: those that look at nothing but randomness, a variable's name or
a few letters, and the one for IP addresses, which are no secrets."""

RULE_IDS = {detector.name: detector.rule_id for detector in DETECTORS}
"""The id of the rule for each detector's class."""


def usual() -> tuple[Chosen, ...]:
    """The detectors that run when neither the policy nor a baseline names any."""
    return tuple(Chosen(detector.name) for detector in DETECTORS if detector.usual)


def rules() -> tuple[Rule, ...]:
    """A rule for each detector, by id."""
    return tuple(sorted(map(_rule, DETECTORS)))


def control() -> Control:
    """What the detectors together check."""
    return Control(
        id="no-other-secret",
        title="No secret of another kind lies in plain sight, as far as detect-secrets knows it",
        severity=Severity.MEDIUM,
        rules=tuple(rule.id for rule in rules()),
        requirements=_REQUIREMENTS,
        frameworks=_FRAMEWORKS[:3],
    )


def _rule(detector: Detector) -> Rule:
    sure = detector.confidence is not Confidence.LOW
    return Rule(
        id=detector.rule_id,
        title=detector.type[:1].upper() + detector.type[1:],
        family=FAMILY,
        severity=Severity.MEDIUM if sure else Severity.LOW,
        confidence=detector.confidence,
        why=_why(detector),
        remedy=_remedy(detector),
        requirements=_REQUIREMENTS,
        frameworks=_FRAMEWORKS,
        source=f"detect-secrets: {detector.name}",
    )


def _why(detector: Detector) -> str:
    if not detector.issuer:
        return (
            f"{detector.name} of detect-secrets takes it for a secret because of how it looks or"
            " what it is called. Whoever can read this text can use it."
        )
    return (
        f"{detector.name} of detect-secrets takes it for a credential. Whoever can read this text"
        " can use it; one that was ever committed or shipped counts as leaked."
    )


def _remedy(detector: Detector) -> str:
    if not detector.issuer:
        return (
            "Find out what it opens and replace it there; then remove the text. If it is no secret,"
            " audit the baseline: `detect-secrets audit .secrets.baseline`."
        )
    return (
        f"Have it revoked or replaced by {detector.issuer}, and store the new one in a secret"
        " manager; then remove the text from where it was found."
    )
