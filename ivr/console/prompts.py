"""Every prompt of the line with its seconds; one of them said in other words, or played from a recording."""

from dataclasses import dataclass, replace
from typing import Any

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue

from ivr.configuration.edit import EditConflict, EditRefused, Fault, change_item, remove_item
from ivr.console import items
from ivr.console.forms import Raw, Typed, texts
from ivr.console.frame import page
from ivr.console.items import Form, InConfiguration, Shown
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.prompts.audio import MOST_BYTES, NotPlayable, recording_of
from ivr.prompts.catalogue import PROMPTS
from ivr.prompts.checks import complaints
from ivr.prompts.prompt import EXAMPLES, Prompt, as_heard
from ivr.prompts.seconds import seconds_of
from ivr.store.prompt_audio import PromptAudio, find_audio, keep_audio, seconds_by_name
from routing.prompts import PromptChange

KIND = "prompt"


@dataclass(frozen=True)
class PromptShown:
    """A prompt as it is heard: its words with examples, the seconds that they or the recording take."""

    prompt: Prompt
    heard: str
    seconds: float
    is_changed: bool
    audio: str


@dataclass(frozen=True)
class InPrompts(InConfiguration):
    """Prompts are always there; what is kept of one is what managers changed."""

    def find(self, visit: Visit, key: str) -> Any:
        """What was changed, or a change that changes nothing; None for a prompt that the line does not know."""
        return visit.configuration.prompts.get(key) or (PromptChange(key) if key in PROMPTS else None)

    def fingerprint(self, item: Any) -> str:
        """Empty while nothing is changed."""
        return super().fingerprint(item) if item is not None and (item.text or item.audio) else ""

    def change(self, visit: Visit, key: str, table: dict[str, Any], seen: str) -> int | None:
        """Save it; what changes nothing any more is removed."""
        if table.get("text") or table.get("audio"):
            return change_item(visit.connection, visit.author, self.kind, key, table, seen=seen)
        return remove_item(visit.connection, visit.author, self.kind, key, seen=seen)


@page("/prompts", Role.MANAGER, menu="Prompts")
def prompts(visit: Visit) -> ResponseReturnValue:
    """Every prompt, in the order of a call."""
    changes = visit.configuration.prompts
    played = seconds_by_name(visit.connection, {change.audio for change in changes.values() if change.audio})
    found = [prompt_shown(prompt, changes.get(key), played) for key, prompt in PROMPTS.items()]
    return render("prompts.html", prompts=found, done=items.done(visit))


@page("/prompts/<key>", Role.MANAGER, methods=("GET", "POST"))
def prompt(visit: Visit, key: str) -> ResponseReturnValue:
    """One prompt."""
    if key not in PROMPTS:
        abort(404, "There is no such prompt.")
    return items.edit(visit, PROMPT, key)


@page("/prompts/<key>/audio", Role.MANAGER, methods=("POST",))
def prompt_audio(visit: Visit, key: str) -> ResponseReturnValue:
    """Upload a recording, or take it away: without a file the words are spoken again."""
    if key not in PROMPTS:
        abort(404, "There is no such prompt.")
    change = PROMPT.keeper.find(visit, key)
    seen = request.form.get("seen", "")
    try:
        name = "" if request.form.get("do") == "remove" else upload(visit, PROMPTS[key])
        done = PROMPT.keeper.change(visit, key, PROMPT.keeper.table(replace(change, audio=name)), seen)
    except EditRefused as refused:
        return items.show(visit, PROMPT, key, Shown(raw(table_of(change)), seen, refused.faults, status=422))
    except EditConflict as conflict:
        shown = items.with_theirs(visit, PROMPT, key, raw(table_of(change)), seen, conflict.present)
        return items.show(visit, PROMPT, key, shown)
    return redirect(items.address(PROMPT, key, done=done or 0), 303)


@page("/prompt-preview/<key>", Role.MANAGER, methods=("POST",))
def prompt_preview(_visit: Visit, key: str) -> ResponseReturnValue:
    """How the words that are typed will be heard: nothing is saved."""
    if key not in PROMPTS:
        abort(404, "There is no such prompt.")
    return render("prompt_preview.html", **preview(PROMPTS[key], read(request.form)))


def upload(visit: Visit, prompt_: Prompt) -> str:
    """Keep the file that was sent; its name. Raises EditRefused."""
    sent = request.files.get("file")
    try:
        if prompt_.why_not_played:
            raise NotPlayable(f"is not kept: {prompt_.key} {prompt_.why_not_played}.")
        found = recording_of(sent.read(MOST_BYTES + 1) if sent else b"", prompt_.seconds)
    except NotPlayable as refused:
        raise EditRefused([Fault("audio", str(refused))]) from None
    keep_audio(visit.connection, PromptAudio(found.name, found.seconds, visit.at, visit.account.name), found.body)
    return found.name


def prompt_shown(prompt_: Prompt, change: PromptChange | None, played: Any) -> PromptShown:
    """A line of the list."""
    text = change.text if change is not None and change.text else prompt_.text
    audio = change.audio if change is not None else ""
    seconds = played[audio] if audio else seconds_of(as_heard(text), prompt_.language)
    return PromptShown(prompt_, as_heard(text), seconds, change is not None, audio)


def preview(prompt_: Prompt, raw_: Raw) -> dict[str, Any]:
    """The words as they are heard, their seconds, and what speaks against them."""
    heard = as_heard(raw_["text"] or prompt_.text)
    faults = list(complaints(prompt_, raw_["text"])) if raw_["text"] else []
    return {"prompt": prompt_, "heard": heard, "seconds": seconds_of(heard, prompt_.language), "faulty": faults}


def read(typed: Typed) -> Raw:
    """The form as it was sent."""
    return texts(typed, ("key", "text", "audio"))


def raw(table_: dict[str, Any]) -> Raw:
    """The form of a prompt: the line's own words where nothing else is said."""
    key = table_["key"]
    return {"key": key, "text": table_.get("text") or PROMPTS[key].text, "audio": table_.get("audio", "")}


def table(raw_: Raw, present: PromptChange | None) -> dict[str, Any]:
    """The change as the file writes it: the line's own words are none. The recording has a form of its own."""
    key = present.key if present is not None else raw_["key"]
    text = "" if raw_["text"] == PROMPTS[key].text else raw_["text"]
    return table_of(PromptChange(key, text, present.audio if present is not None else ""))


def table_of(change: PromptChange) -> dict[str, Any]:
    """A change as the file writes it."""
    return {name: value for name, value in change.__dict__.items() if value}


def around(visit: Visit, raw_: Raw, item: PromptChange) -> dict[str, Any]:
    """The prompt itself, how it is heard, and its recording."""
    prompt_ = PROMPTS[item.key]
    found = find_audio(visit.connection, item.audio) if item.audio else None
    return {**preview(prompt_, raw_), "audio": found, "examples": EXAMPLES, "most_mb": MOST_BYTES >> 20}


PROMPT = Form(
    kind=KIND,
    keeper=InPrompts(KIND),
    template="prompt.html",
    page="console.prompt",
    listing="console.prompts",
    read=read,
    raw=raw,
    table=table,
    new=lambda _visit: {"key": "", "text": "", "audio": ""},
    around=around,
)
