"""Lines of labelled device observations, and the facts in one payload of them."""
