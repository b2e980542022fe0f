"""The exchange under the name the probes use; the noun stands in the model, since readers need it too."""

from custodiet.model.exchange import Exchange, Outcome

__all__ = ["Exchange", "Outcome"]
