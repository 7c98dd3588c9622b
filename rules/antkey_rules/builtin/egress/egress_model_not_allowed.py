"""Which models a tenant's data goes to, and at what price, is agreed on; a default in the code that nobody
has read changes it.

The request names a model, and none of the patterns in `allowed_models` fits it whole. Without patterns every
model is allowed.

Policy: egress.allowed_models, egress.allowed_hosts (api.anthropic.com)
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from antkey_scanner.egress import told
from antkey_scanner.egress.rule import Breach, EgressRule, View
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(view: View) -> Breach | None:
    allowed, model = view.policy.allowed_models, view.request.model
    if not allowed or model is None or not view.is_allowed_host:
        return None
    if any(fnmatchcase(model, pattern) for pattern in allowed):
        return None
    names = f"{told.short(model)}; allowed is {told.short(', '.join(allowed))}"
    return Breach(f"{told.request(view)} asks for the model {names}")


RULE = EgressRule(
    Rule(
        id="egress-model-not-allowed",
        title="Model that is not allowed",
        family="egress",
        severity=Severity.MEDIUM,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Take the model from the list that the tenant was shown, in defaults and in options, "
            "or add it to [egress] allowed_models."
        ),
        requirements=("M11",),
        frameworks=("SOC2:CC6.8", "ISO27001:A.8.19", "NIST800-53:CM-7"),
        examples=(
            Example(
                'policy.egress.allowed_models = ["claude-sonnet-*"]\n'
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                'requests = [{tenant = "acme", x-api-key = "acme-1", model = "claude-opus-5"}]',
                matches=True,
            ),
            Example(
                'policy.egress.allowed_models = ["claude-*"]\n'
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                'requests = [{tenant = "acme", x-api-key = "acme-1", model = "claude-opus-5"}]',
                matches=False,
            ),
            Example(
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                'requests = [{tenant = "acme", x-api-key = "acme-1", model = "other"}]',
                matches=False,
            ),
        ),
    ),
    _check,
    convicts=False,
)
