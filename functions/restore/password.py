"""Passwords: strong, random, made at the moment they are sent, and kept nowhere."""

import secrets
import string

LENGTH = 24
# Without letters and digits that are mistaken for one another when read aloud or typed from paper.
_LOWER = "".join(set(string.ascii_lowercase) - set("lo"))
_UPPER = "".join(set(string.ascii_uppercase) - set("IO"))
_DIGITS = "23456789"
_SIGNS = "!#%*+-=?@_"
_ALL = _LOWER + _UPPER + _DIGITS + _SIGNS


def new_password() -> str:
    """A password with letters of both cases, digits and signs: more than 130 bits of chance."""
    while True:
        found = "".join(secrets.choice(_ALL) for _ in range(LENGTH))
        if all(any(letter in kind for letter in found) for kind in (_LOWER, _UPPER, _DIGITS, _SIGNS)):
            return found
