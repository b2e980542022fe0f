"""The embedded database, with turns at writing that come soon: see `base`."""
