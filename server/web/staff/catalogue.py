"""One form as its file states it: what it asks, how it is scored, on what terms, who sees what is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext, ngettext

from server.domain.change import reliable_threshold
from server.domain.instrument import Instrument, Item, Wording
from server.domain.reading import ChangeRule, Published, Reliability, SafetyRule
from server.domain.score import Score
from server.domain.scoring.words import method_in_words, rule_in_words
from server.outputs.change_words import evidence
from server.outputs.charts import number
from server.web.staff import words


@dataclass(frozen=True)
class ScoreLine:
    """One score: how it is made, what may be missing, where it lies, how it is read."""

    id: str
    label: str
    headline: bool
    method: str
    items: str
    rule: str
    spread: str
    direction: str
    bands: list[str]
    change: list[str]


@dataclass(frozen=True)
class Question:
    """One item: what it is about, what it may be answered with, when it is shown."""

    id: str
    topic: str
    answers: str
    condition: str


@dataclass(frozen=True)
class Language:
    """One language in which a form can be read, and on what that rests."""

    code: str
    version: str
    wording: words.Mark
    rests_on: str


def length(each: Instrument) -> str:
    """Say how many questions a form asks, and how long that takes."""
    return str(gettext("%(asks)s, %(minutes)s", asks=asks(each), minutes=minutes(each)))


def asks(each: Instrument) -> str:
    """Say how many questions a form asks."""
    most = len(each.questions)
    least = sum(item.show_if is None for item in each.questions)
    if least < most:
        return str(gettext("%(least)s to %(most)s questions", least=least, most=most))
    return str(ngettext("%(num)s question", "%(num)s questions", most))


def minutes(each: Instrument) -> str:
    """Say how long a form takes."""
    return str(ngettext("about %(num)s minute", "about %(num)s minutes", each.minutes))


def scores(each: Instrument) -> list[ScoreLine]:
    """Return every score in the order of the file."""
    labels = {score.id: score.label for score in each.scores}
    defaults = {name: setting.default for name, setting in each.settings.items()}
    return [
        ScoreLine(
            id=score.id,
            label=score.label,
            headline=score.headline,
            method=_sentence(method_in_words(score, labels)),
            items=", ".join(score.items),
            rule=_sentence(rule_in_words(score, defaults)),
            spread=_spread(score),
            direction=score.higher_is,
            bands=[
                f"{band.low:g}–{band.high:g} {band.label} ({band.source}{evidence(band.evidence)})"
                for band in score.bands
            ],
            change=list(_change(each.change.get(score.id))),
        )
        for score in each.scores
    ]


def _spread(score: Score) -> str:
    if score.decides:
        return str(gettext("yes or no"))
    return f"{score.minimum:g}–{score.maximum:g}"


def _change(rule: ChangeRule | None) -> Iterator[str]:
    """Yield what is known of a change, each figure with what it rests on."""
    if rule is None:
        return
    if rule.reliability is not None:
        yield _reliable(rule.reliability)
    for each in rule.published:
        yield _published(each)
    if rule.none:
        yield _sentence(rule.none)


def _reliable(each: Reliability) -> str:
    return str(
        gettext(
            "Reliable change from %(points)s points: r %(r)s (%(kind)s), SD %(sd)s; Jacobson & Truax "
            "1991; %(source)s%(evidence)s.",
            points=number(round(reliable_threshold(each.sd, each.r), 2)),
            r=f"{each.r:.2f}",
            kind=each.kind,
            sd=number(each.sd),
            source=each.source.rstrip("."),
            evidence=evidence(each.evidence),
        )
    )


def _published(each: Published) -> str:
    least = number(each.least)
    amount = f"{least}–{number(each.most)}" if each.most is not None else least
    unit = gettext("points") if each.unit == "points" else gettext("percent of the first")
    way = {"drop": gettext(" lower"), "rise": gettext(" higher"), "either": ""}[each.direction]
    source = each.source.rstrip(".") + evidence(each.evidence)
    return f"{_capital(each.means)}: {amount} {unit}{way}; {source}."


def questions(each: Instrument) -> list[Question]:
    """Return every question in the order asked."""
    return [
        Question(
            id=item.id,
            topic=item.topic,
            answers=_answers(each, item),
            condition=item.show_if.text if item.show_if else "",
        )
        for item in each.questions
    ]


def _answers(each: Instrument, item: Item) -> str:
    codes = each.codes(item)
    if item.kind == "yes-no":
        return str(gettext("yes or no"))
    if codes:
        several = gettext("any of %(codes)s", codes=_listed(codes))
        told = several if item.kind == "multi-choice" else _listed(codes)
        turned = gettext("turned around in scores") if item.reversed else ""
        recoded = gettext("recoded in scores") if item.recode else ""
        return "; ".join(part for part in (told, turned, recoded) if part)
    ends = each.ends(item)
    kind = {
        "number": gettext("a number"),
        "scale": gettext("a place on a line"),
        "text": gettext("a line of text") if item.short else gettext("text"),
        "date": gettext("a day"),
    }[item.kind]
    return f"{kind}, {ends[0]:g}–{ends[1]:g}" if ends else str(kind)


def _listed(codes: tuple[int, ...]) -> str:
    """Write codes as a range where they are one: 0–4; else each of them."""
    low, high = min(codes), max(codes)
    if len(codes) > 2 and sorted(codes) == list(range(low, high + 1)):
        return f"{codes[0]}–{codes[-1]}"
    return ", ".join(map(str, codes))


def watched(each: Instrument) -> list[str]:
    """Say which answers tell the person on duty, and how soon they must look."""
    items = {item.id: item for item in each.items}
    return [
        str(
            gettext(
                "%(topic)s, %(answer)s: %(level)s; left empty: %(skipped)s",
                topic=items[rule.item].topic or rule.item,
                answer=_from(items[rule.item], rule),
                level=rule.level,
                skipped=rule.when_skipped,
            )
        )
        for rule in each.safety
    ]


def _from(item: Item, rule: SafetyRule) -> str:
    if item.kind == "yes-no":
        return str(gettext("yes"))
    return str(gettext("from %(code)s on", code=f"{rule.at_least:g}"))


def visibility(each: Instrument) -> str:
    """Say who reads what is answered, unless a study says otherwise."""
    if each.giving:
        return str(
            gettext(
                "Nobody but the participant: what is told is kept sealed, and printed and exported "
                "nowhere."
            )
        )
    hidden = set(each.visibility.hidden_from)
    if each.about:
        return str(
            gettext(
                "Staff of the study, except whoever it is about and the other facilitators of this "
                "participant. Independent raters see nothing."
            )
            if "co-facilitator" in hidden
            else gettext(
                "Staff of the study, except whoever it is about. Independent raters see nothing."
            )
        )
    if hidden:
        return str(
            gettext(
                "Staff of the study, except the facilitators who guide this participant. Independent "
                "raters see nothing."
            )
        )
    if each.respondent == "rater":
        return str(gettext("Staff of the study, facilitators included, and the rater who gave it."))
    return str(
        gettext("Staff of the study, facilitators included. Independent raters see nothing.")
    )


def language(wording: Wording) -> Language:
    """Return one language with what its sentences rest on."""
    recorded = ", ".join(part for part in (wording.proof_on, wording.proof_by) if part)
    parts = [wording.holder, wording.proof, recorded]
    return Language(
        code=wording.language,
        version=wording.version,
        wording=words.wording(wording.status),
        rests_on="; ".join(part for part in parts if part),
    )


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _sentence(text: str) -> str:
    return f"{_capital(text).rstrip('.')}." if text else ""
