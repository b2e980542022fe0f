"""The facts that only people know, as questions: what a regime asks for and no device, register or text can tell.

They are answered in the sites file under ``facts`` of a device, a site or the body, by the id that stands here, with
``answer: yes``, the answer itself as the ``reason``, and who gave it when. Nobody's answer is worked out here.
"""

from __future__ import annotations

from custodiet.returns.paper import Language

QUESTIONS: dict[str, dict[Language, str]] = {
    # United Kingdom
    "return-keep-reason": {"en": "Why is equipment kept at this site until a planned upgrade?"},
    # United States
    "return-contract-number": {"en": "Which contract is affected (contract number)?"},
    "return-order-numbers": {"en": (
        "Which orders under the contract are affected (order numbers)? Write none where there are "
        "none."
    )},
    "return-supplier": {"en": "Who supplied it?"},
    "return-supplier-uei": {"en": (
        "What is the supplier's unique entity identifier (UEI)? Write not known where nobody knows."
    )},
    "return-supplier-cage": {"en": "What is the supplier's CAGE code? Write not known where nobody knows."},
    "return-mitigation": {"en": "What was done or is recommended to mitigate (isolated, disconnected, replaced)?"},
    "return-mitigation-further": {"en": (
        "What further mitigation was undertaken or is recommended since the first report?"
    )},
    "return-prevention": {"en": "What was done to prevent the use or submission of such equipment?"},
    "return-prevention-added": {"en": "What will be added to prevent it from now on?"},
    "return-provides-covered": {"en": "Will covered equipment or services be provided to the government (yes or no)?"},
    "return-reasonable-inquiry": {"en": "Was a reasonable inquiry made, by whom, and into what?"},
    "return-use-covered": {"en": (
        "What does the offeror represent: does it use covered equipment or services (yes or no)?"
    )},
    "return-funding-source": {"en": "From which money was this paid (award number, own funds)?"},
    "return-exclusion-evidence": {"en": "Which record shows that the cost was kept out of the award?"},
    # Australia
    "return-removal-plan": {"en": (
        "What is planned for this equipment (remove, replace, keep), and by when (the date as "
        "until)?"
    )},
    "return-foci-indicators": {"en": "Which indicators of foreign ownership, control or influence are present?"},
    "return-foci-assessment": {"en": "How was the risk assessed?"},
    "return-foci-treatment": {"en": "What was done about the risk?"},
    # Taiwan
    "return-unit": {"en": "Which unit uses or keeps this item?"},
    "return-measures": {"en": "Which compensating measures stand until it is replaced?"},
    "return-reason-kept": {"en": "Why is it still in use?"},
    "return-approvals": {"en": "Who approved that it stays, in each of the three steps, and when?"},
    "return-replacement-date": {"en": "On which day will it be replaced (the date as until)?"},
    "return-audit": {"en": "What did the last yearly audit find, and when?"},
    # Netherlands
    "return-contract": {
        "nl": (
            "Onder welk contract valt deze apparatuur (leverancier, onderhoud), en wanneer eindigt het "
            "(de einddatum als until)?"
        ),
        "en": "Under which contract does it fall (supplier, maintenance), and when does that end (the date as until)?",
    },
    "return-phase-out": {
        "nl": "Wat is besloten over uitfasering, en wanneer is die klaar (de datum als until)?",
        "en": "What was decided about phasing it out, and when is that done (the date as until)?",
    },
    "return-costs": {
        "nl": "Wat kostte de apparatuur, en wat kost vervanging?",
        "en": "What did the equipment cost, and what does replacing it cost?",
    },
    # Czechia
    "return-data-goes-to": {
        "cs": "Do kterých zemí zařízení předává data a čím je to doloženo?",
        "en": "To which countries does it hand data, and what shows that?",
    },
    "return-administered-from": {
        "cs": "Ze kterých zemí je zařízení vzdáleně spravováno a čím je to doloženo?",
        "en": "From which countries is it administered remotely, and what shows that?",
    },
    "return-risk": {"cs": "Jak bylo riziko vyhodnoceno?", "en": "How was the risk assessed?"},
    "return-risk-treatment": {
        "cs": "Jak je s rizikem naloženo (opatření, kdo, do kdy)?",
        "en": "How is the risk treated (measures, who, by when)?",
    },
    # India
    "return-certificate": {"en": "Under which certificate does this model fall (number, firmware, valid until)?"},
    "return-local-content": {"en": "What is the share of local content, and who declared it?"},
    "return-test-evidence": {"en": "Which test report belongs to the certificate (laboratory, number, date)?"},
    # European Union: data protection
    "return-purpose": {"en": "What is this camera for?"},
    "return-retention": {"en": "How long are its images kept?"},
    "return-recipients": {"en": "Who receives images?"},
    "return-processors": {"en": "Which processors handle images (maintenance, cloud, remote support)?"},
    "return-transfers": {"en": "Do images, or access to them, leave for a third country, and on which ground?"},
    "return-impact-assessment": {"en": "Was a data protection impact assessment made, when, and with what outcome?"},
}  # fmt: skip
"""Id -> the question in the language of the regime that asks it."""


def question(id: str, language: Language) -> str:
    """The question in this language, or in the one in which it exists."""
    texts = QUESTIONS[id]
    return texts.get(language) or next(iter(texts.values()))
