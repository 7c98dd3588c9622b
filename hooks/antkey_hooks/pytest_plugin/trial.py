"""Whether a test fails for what its requests were, and with which words; each thing is told once."""

from __future__ import annotations

from antkey_hooks.pytest_plugin.acting import Acting
from antkey_hooks.pytest_plugin.wording import rule_broken, violations
from antkey_scanner.model import Rule


class EgressViolation(AssertionError):
    """A test's own assertion about its requests that failed, and says itself what is wrong."""

    # A summary's short line shows the rule's id and not where this class lies.
    __module__ = "builtins"


class Trial:
    """One attempt at a test.

    convicted: what was told of earlier attempts, which another one does not undo; it is added to.
    has_run: whether the test itself was reached; is_over: whether it has failed or was skipped already, so
    that it need not be seen any more.
    """

    def __init__(
        self, acting: Acting, not_seen: Rule, unexpected: Rule, convicted: list[str]
    ) -> None:
        self.acting = acting
        self._not_seen = not_seen
        self._unexpected = unexpected
        self._convicted = convicted
        self._earlier = list(convicted)
        self._told = 0
        self._unreadable = 0
        self.has_run = False
        self.is_over = False

    def verdict(self, *, waits: bool) -> str | None:
        """What is to be told now, None for nothing. waits: whether there may still be requests."""
        acting = self.acting
        if acting.mark is None:
            return None
        texts = self._wrong()
        self._convicted += texts
        if not texts and not self.is_over and self.has_run and not waits:
            if self._earlier:
                texts = [f"{text}\n  attempt  an earlier one" for text in self._earlier]
            elif not acting.seen and not acting.mark.is_silent:
                whom = acting.mark.tenant
                where = f", surface {acting.mark.surface}" if acting.mark.surface else ""
                message = f"no request was seen of {whom}{where}"
                texts = [rule_broken(self._not_seen, message, acting.nodeid)]
        return "\n\n".join(texts) or None

    def _wrong(self) -> list[str]:
        """What is wrong with the requests since the last time."""
        acting = self.acting
        assert acting.mark is not None
        new, self._told = acting.seen[self._told :], len(acting.seen)
        found = [(seen, finding) for seen in new for finding in seen.findings]
        texts = [violations(found, acting.nodeid)] if found else []
        if new and acting.mark.is_silent:
            first = new[0].request
            message = (
                f"{first.method} {first.host}{first.path} for {acting.mark.tenant}, though requests=0"
                f" expects none ({len(new):,} seen)"
            )
            texts.append(rule_broken(self._unexpected, message, acting.nodeid))
        problems = acting.problems[self._unreadable :]
        self._unreadable += len(problems)
        texts += [rule_broken(self._not_seen, problem, acting.nodeid) for problem in problems]
        return texts
