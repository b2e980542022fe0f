"""Asks switches and routers of the owner for their tables, by SNMP, with the word or account that the owner gives."""
