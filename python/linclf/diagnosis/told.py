"""From explanations to findings: mistakes that explain loss and gradient together are told once."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from linclf.diagnosis.evidence import evidence_of
from linclf.diagnosis.findings import Finding
from linclf.diagnosis.messages import message
from linclf.mutants.catalogue import mistakes_of

if TYPE_CHECKING:
    from linclf.diagnosis.answers import Answer, Expected
    from linclf.diagnosis.replay import Explanation, Ids


def told_of(
    loss: str,
    of_loss: Explanation | None,
    of_gradient: Explanation | None,
    answer: Answer,
    expected: Expected,
) -> list[Finding]:
    """Return a finding for each mistake; one that explains loss and gradient is told once."""
    spoils = {mistake.id: mistake.wrong for mistake in mistakes_of(loss)}
    choices = list(product(_options(of_loss), _options(of_gradient)))

    def cost(choice: tuple[Ids, Ids]) -> int:
        in_loss, in_gradient = map(set, choice)
        halves = [id for id in in_loss ^ in_gradient if spoils[id] == "both"]
        return len(in_loss | in_gradient) + len(halves)

    least = min(map(cost, choices))
    chosen, *others = [choice for choice in choices if cost(choice) == least]
    evidence = evidence_of(answer, expected, tuple(dict.fromkeys((*chosen[0], *chosen[1]))))
    findings = []
    for id in dict.fromkeys((*chosen[1], *chosen[0])):
        concerned = [e for e, ids in zip((of_loss, of_gradient), chosen, strict=True) if id in ids]
        explained = [e for e in concerned if e is not None]
        rest = {i for other in others for i in {*other[0], *other[1]}} - {*chosen[0], *chosen[1]}
        findings.append(
            Finding(
                id=id,
                part="both" if len(explained) > 1 else "loss" if id in chosen[0] else "gradient",
                sentence=message(id, evidence),
                exact=all(e.exact for e in explained) and not rest,
                misfit=max(e.misfit for e in explained),
                runner_up=min(e.runner_up for e in explained),
                alternatives=tuple(message(i, evidence) for i in sorted(rest)),
            )
        )
    return findings


def _options(explanation: Explanation | None) -> list[Ids]:
    return [()] if explanation is None else [explanation.ids, *explanation.equals]
