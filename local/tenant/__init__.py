"""An emulated Entra tenant behind an API shaped like Microsoft Graph, for a laptop and for tests.

`python -m local.tenant` serves it. It is written from Microsoft's documentation, never from the product's own client.
"""
