"""The questions, one family a file; the list in reading order is `custodiet.probes.questions`."""
