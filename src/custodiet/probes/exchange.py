"""The exchange, under the name by which the probes speak of it; the noun stands in the model, for readers need it too."""

from custodiet.model.exchange import Exchange, Outcome

__all__ = ["Exchange", "Outcome"]
