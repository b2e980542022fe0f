"""Returns: what a case holds, in the form in which a regime asks for it.

Each regime is a module that turns the verdicts of one case into one `paper.Return`. Nothing is invented: what only a
person knows stands in the sites file, or else at the top of the paper among the facts that are missing.
"""
