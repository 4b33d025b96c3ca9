"""Classes, dictionaries, strings, sorting, generators, regular expressions and JSON, in one run."""
import json, re, sys

class Vector:
    __slots__ = ("x", "y")
    def __init__(self, x, y):
        self.x, self.y = x, y
    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

def primes(limit):
    composite = bytearray(limit)
    for n in range(2, limit):
        if not composite[n]:
            yield n
            composite[n * n::n] = b"\1" * len(range(n * n, limit, n))

def main(rounds):
    total = 0
    for i in range(rounds):
        v = Vector(i, 1)
        for k in range(3000):
            v = v + Vector(k, -k)
        words = [f"w{(k * 7919 + i) % 1009:x}" for k in range(3000)]
        counts = {}
        for word in words:
            counts[word] = counts.get(word, 0) + 1
        order = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        text = json.dumps(order)
        total += len(re.findall(r"w[0-9]+[a-f]\b", text)) + len(json.loads(text)) + v.x + v.y + sum(primes(20000))
    print(total)

main(int(sys.argv[1]))
