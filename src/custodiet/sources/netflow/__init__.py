"""Flow records as routers export them: NetFlow v5 and v9, IPFIX, and what nfdump prints of them."""
