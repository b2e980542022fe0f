"""The estate in the browser: accounts, bodies that see only their own, and pages over what cases hold.

    config      what a start needs to know, read from the environment
    settings    the same as Django's settings
    store       the tables: people, bodies, what was read and concluded
    estate      all questions to the tables about one body, and no other
    page        a page is data, a function that fetches it, and a template; the same address gives it as JSON
    pages       one page a file
    publish     a case -> the tables of a body, and back

Pages fetch and render. What is concluded is concluded by the same functions as on the command line, in a case file.
"""
