"""The tables. What a noun is stands in `custodiet.model`: a row holds it whole, with columns to find it by."""
