"""STAND-IN for the board's source of random bytes: importing this gives `os` the function that it has there."""

import os

from js import randomByte

os.urandom = lambda count: bytes(int(randomByte()) for _ in range(count))
