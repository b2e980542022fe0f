"""What a column of a table can be read as, in words for people."""

from __future__ import annotations

from custodiet.report.speech import Words

FIELDS = Words(
    {
        "brand": "Brand",
        "manufacturer": "Manufacturer",
        "model": "Model or type",
        "name": "Name",
        "text": "Description or remark",
        "class": "Kind of device",
        "serial": "Serial number",
        "mac": "MAC address",
        "ip": "IP address",
        "hostname": "Host name",
        "tag": "Number in the register",
        "custodiet_id": "Id that custodiet gave it",
        "firmware": "Software version",
        "site": "Site",
        "location": "Place within the site",
        "status": "State",
        "installed_on": "Installed on",
        "bought_on": "Bought on",
        "removed_on": "Removed on",
        "made_in": "Made in",
        "component": "Chip or radio module",
        "certificate": "Certificate",
        "data_goes_to": "Data goes to",
        "administered_from": "Administered from",
        "supplier": "Supplier",
        "quantity": "Number of devices",
        "contract": "Order or contract",
        "networked": "On the network",
    }
)
"""Field of a table -> words."""
