"""TwiML documents: parsed, and refused where the carrier would refuse or skip a part."""

from dataclasses import dataclass
from xml.etree import ElementTree

MAX_BYTES = 64 * 1024

LEAF = {
    "Say": {"voice", "language", "loop"},
    "Play": {"loop", "digits"},
    "Pause": {"length"},
    "Redirect": {"method"},
    "Hangup": set(),
    "Reject": {"reason"},
    "Record": {
        "action",
        "method",
        "timeout",
        "finishOnKey",
        "maxLength",
        "playBeep",
        "trim",
        "recordingStatusCallback",
        "recordingStatusCallbackMethod",
        "recordingStatusCallbackEvent",
        "transcribe",
        "transcribeCallback",
    },
    "Number": {
        "url",
        "method",
        "sendDigits",
        "statusCallback",
        "statusCallbackEvent",
        "statusCallbackMethod",
        "machineDetection",
        "machineDetectionTimeout",
        "amdStatusCallback",
    },
    "Conference": {
        "muted",
        "beep",
        "startConferenceOnEnter",
        "endConferenceOnExit",
        "participantLabel",
        "waitUrl",
        "waitMethod",
        "maxParticipants",
        "record",
        "coach",
        "region",
        "statusCallback",
        "statusCallbackEvent",
        "statusCallbackMethod",
    },
    "Gather": {
        "action",
        "method",
        "input",
        "timeout",
        "finishOnKey",
        "numDigits",
        "actionOnEmptyResult",
        "speechTimeout",
        "language",
        "hints",
        "profanityFilter",
        "speechModel",
        "enhanced",
    },
    "Dial": {
        "action",
        "method",
        "timeout",
        "timeLimit",
        "callerId",
        "answerOnBridge",
        "hangupOnStar",
        "record",
        "ringTone",
        "sequential",
        "referUrl",
        "recordingStatusCallback",
    },
}
NESTED = {"Gather": {"Say", "Play", "Pause"}, "Dial": {"Number", "Conference"}}
INSIDE_ONLY = {"Number", "Conference"}
ABSOLUTE = ("recordingStatusCallback", "statusCallback")


class BadDocument(Exception):
    """A document that the carrier cannot use. `code` is the error it reports."""

    def __init__(self, code: int, text: str) -> None:
        """`text` is for the developer."""
        super().__init__(f"{code}: {text}")
        self.code = code


@dataclass(frozen=True)
class Verb:
    """One element: its name, attributes, text and the elements inside it."""

    name: str
    attributes: dict[str, str]
    text: str
    children: tuple["Verb", ...] = ()

    def get(self, name: str, default: str = "") -> str:
        """An attribute, or what holds when it is not given."""
        return self.attributes.get(name, default)

    def seconds(self, name: str, default: float) -> float:
        """A number of seconds."""
        return float(self.attributes.get(name, default))

    def says(self, name: str) -> bool:
        """Whether a switch is on."""
        return self.attributes.get(name, "false").lower() == "true"


def parse(body: bytes, content_type: str | None) -> tuple[Verb, ...]:
    """The verbs of a document. Raises BadDocument where the carrier would fail or warn."""
    if len(body) > MAX_BYTES:
        raise BadDocument(11750, f"the document has {len(body)} bytes")
    if content_type is None:
        raise BadDocument(12300, "there is no Content-Type")
    if content_type.split(";")[0].strip() not in {"text/xml", "application/xml", "text/html"}:
        raise BadDocument(12300, f"Content-Type {content_type}")
    if not body.strip():
        return ()
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - our own service's answer, on loopback
    except ElementTree.ParseError as error:
        raise BadDocument(12100, f"not XML: {error}") from None
    if root.tag != "Response":
        raise BadDocument(12100, f"the root is {root.tag}")
    return tuple(_verb(element, None) for element in root)


def _verb(element: ElementTree.Element, parent: str | None) -> Verb:
    name = element.tag
    allowed = LEAF.get(name)
    if allowed is None or (parent is None and name in INSIDE_ONLY):
        raise BadDocument(12200, f"<{name}> is not known here")
    if parent is not None and name not in NESTED[parent]:
        raise BadDocument(12200, f"<{name}> inside <{parent}>")
    unknown = set(element.attrib) - allowed
    if unknown:
        raise BadDocument(12200, f"<{name}> with {', '.join(sorted(unknown))}")
    for attribute in ABSOLUTE:
        if not element.attrib.get(attribute, "http").startswith("http"):
            raise BadDocument(11200, f"{attribute} must be absolute")
    if len(element) and name not in NESTED:
        raise BadDocument(12200, f"<{name}> with something inside")
    children = tuple(_verb(child, name) for child in element)
    return Verb(name, dict(element.attrib), (element.text or "").strip(), children)
