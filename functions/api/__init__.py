"""The HTTP surface: undecorated handlers, and every check between a request and its handler."""
