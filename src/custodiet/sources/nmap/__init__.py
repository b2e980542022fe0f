"""What nmap and masscan report: XML, and the plain text and greppable forms."""
