"""The prompts that have words in other languages than English: what is heard in support hours."""

from ivr.prompts.prompt import Prompt

GREETING = {
    "en": Prompt("greeting-en", "Welcome to support. We are connecting you."),
    "it": Prompt("greeting-it", "Benvenuti al supporto. La stiamo collegando.", language="it"),
    "de": Prompt("greeting-de", "Willkommen beim Support. Wir verbinden Sie.", language="de"),
    "fr": Prompt("greeting-fr", "Bienvenue au support. Nous vous mettons en relation.", language="fr"),
    "es": Prompt("greeting-es", "Bienvenido al soporte. Le estamos conectando.", language="es"),
}
DESK_BUSY = {
    "it": Prompt("desk-busy-it", "Al momento nessuno è disponibile. Proseguiamo in inglese.", language="it"),
    "de": Prompt("desk-busy-de", "Zurzeit ist niemand frei. Wir fahren auf Englisch fort.", language="de"),
    "fr": Prompt(
        "desk-busy-fr", "Personne n'est disponible pour le moment. Nous continuons en anglais.", language="fr"
    ),
    "es": Prompt("desk-busy-es", "En este momento no hay nadie disponible. Continuamos en inglés.", language="es"),
}

# An announcement

INFORMED_KEY = {
    "en": Prompt(
        "announced-key-en",
        "If exactly this is why you call, and you need nothing else, press 9. Otherwise please stay on the line.",
        ("9",),
    ),
    "it": Prompt(
        "announced-key-it",
        "Se chiama proprio per questo e non le serve altro, prema 9. Altrimenti resti in linea.",
        ("9",),
        language="it",
    ),
    "de": Prompt(
        "announced-key-de",
        "Wenn Sie genau deswegen anrufen und sonst nichts brauchen, drücken Sie die 9. Sonst bleiben Sie bitte dran.",
        ("9",),
        language="de",
    ),
    "fr": Prompt(
        "announced-key-fr",
        "Si vous appelez exactement pour cela et n'avez besoin de rien d'autre, tapez 9. Sinon, restez en ligne.",
        ("9",),
        language="fr",
    ),
    "es": Prompt(
        "announced-key-es",
        "Si llama exactamente por esto y no necesita nada más, pulse 9. De lo contrario, siga en línea.",
        ("9",),
        language="es",
    ),
}
INFORMED = {
    "en": Prompt("informed-en", "Thank you for calling. Goodbye."),
    "it": Prompt("informed-it", "Grazie per la chiamata. Arrivederci.", language="it"),
    "de": Prompt("informed-de", "Danke für Ihren Anruf. Auf Wiederhören.", language="de"),
    "fr": Prompt("informed-fr", "Merci de votre appel. Au revoir.", language="fr"),
    "es": Prompt("informed-es", "Gracias por su llamada. Adiós.", language="es"),
}
