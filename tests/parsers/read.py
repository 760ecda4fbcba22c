# Reads lines of JSON with Python's json and prints what it understood, as tests/parsers/run.mjs explains.
import json
import sys


def text(value):
    return "s" + value.encode("utf-8").hex()


def tokens(value):
    if value is None:
        yield "z"
    elif value is True:
        yield "t"
    elif value is False:
        yield "f"
    elif isinstance(value, int):
        yield "i%d" % value
    elif isinstance(value, float):
        yield "d" + repr(value)
    elif isinstance(value, str):
        yield text(value)
    elif isinstance(value, list):
        yield "["
        for one in value:
            yield from tokens(one)
        yield "]"
    else:
        yield "{"
        for key, one in value.items():
            yield text(key)
            yield from tokens(one)
        yield "}"


for line in sys.stdin.buffer:
    print(" ".join(tokens(json.loads(line.decode("utf-8")))))
