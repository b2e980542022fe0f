"""The shapes of what is said of known vulnerabilities, for `retold`; as in `shapes`, what they concern as ``law``."""

from __future__ import annotations

FLAWS = (
    "Affected: {said}",
    "Not affected: {said}",
    "Cannot tell because {said}",
    "The source names {law} without any limit of firmware.",
    "Its build of {day} lies inside: {law}.",
    "Its version {version} lies inside: {law}.",
    "Its build of {day} lies outside: {law}.",
    "Its version {version} lies outside: {law}.",
    "It concerns {law}; its platform is {platform}.",
    "The model {model} is not among those that the source names.",
    "it concerns {law}, and the model is not known.",
    "it concerns {law}; its platform is not known.",
    "it concerns {law}; the firmware is not known.",
    "it concerns {law}; the day of its build is not known.",
    "the source gives no limits: {law}.",
    "the source does not give the day, and its build of {day} is near: {law}.",
    "the source names models and builds, and says or shows that more are affected.",
)
"""As they are written in English, without what is put in; what cannot be told goes on in the middle of a sentence."""
