"""The only place that speaks to Microsoft Graph.

`factory.reader(settings)` and `factory.restorer(settings)` give a `GraphClient`; `pages`, `batch` and `classify` build
on it. Importing this package loads neither an HTTP client nor the identity library: `factory` does so on first use.
"""
