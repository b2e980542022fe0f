"""What people and programs elsewhere are told without looking at a page, and nothing that they did not ask for.

    topics      what there is to hear, for whom, and what is told of it
    tell        an alert is written in the transaction of what it tells, with a row for each who wants to hear it
    daily       what comes with time: work that is due, days of the law, devices not seen, a log that is not whole
    words       an alert as a message for people
    hooks       an alert as a message for a program, signed
    deliver     rows become messages, are tried again where that fails, and are given up

A message is handed over once, and again only where nobody can know whether it was: then it carries the same id.
"""
