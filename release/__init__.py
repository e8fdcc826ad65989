"""What is made of this repository for Azure: the package of the app, the same bytes from the same sources.

`python -m release package` builds dist/lifeboat.zip, `python -m release lock` writes release/requirements.lock anew.
Nothing here is deployed, and nothing here speaks to Azure.
"""
