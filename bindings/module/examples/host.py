"""A host in Python: decides operations with a policy.wasm.

    pip install wasmtime
    python3 host.py policy.wasm < operations.jsonl

Reads JSON lines from standard input and writes a decision for each. Exits with 3 where one pauses, as `abey check` does.
"""

import json
import sys

from wasmtime import Config, Engine, Instance, Module, Store, Trap

ABI = 1
MEMORY = 256 * 1024 * 1024
FUEL = 20_000_000_000


class Policy:
    """A policy.wasm, loaded without giving it anything of its host."""

    def __init__(self, path):
        config = Config()
        config.consume_fuel = True
        self.engine = Engine(config)
        self.module = Module.from_file(self.engine, path)
        if self.module.imports:
            raise ValueError("this module asks for imports; a policy has none")
        self._fresh()
        if self._call("abey_abi") != ABI:
            raise ValueError(f"this module isn't of version {ABI} of the interface")

    def _fresh(self):
        self.store = Store(self.engine)
        self.store.set_limits(memory_size=MEMORY)
        self.store.set_fuel(FUEL)
        self.exports = Instance(self.store, self.module, []).exports(self.store)

    def _call(self, name, *arguments):
        return self.exports[name](self.store, *arguments)

    def check(self, operation: bytes) -> bytes:
        """The decision on an operation, both JSON. A trap is raised, and is no allow: hold the operation then."""
        try:
            self.store.set_fuel(FUEL)
            pointer = self._call("abey_alloc", len(operation))
            if pointer == 0:
                raise MemoryError("the policy has no memory left")
            self.exports["memory"].write(self.store, operation, pointer & 0xFFFFFFFF)
            answer = self._call("abey_check", pointer, len(operation)) & 0xFFFFFFFFFFFFFFFF
            start, length = answer >> 32, answer & 0xFFFFFFFF
            decision = bytes(self.exports["memory"].read(self.store, start, start + length))
            self._call("abey_reset")
            return decision
        except (Trap, MemoryError):
            self._fresh()
            raise


def main():
    policy = Policy(sys.argv[1])
    paused = False
    for line in sys.stdin.buffer:
        if line.strip():
            decision = policy.check(line.rstrip(b"\n"))
            paused |= json.loads(decision)["verdict"] != "allow"
            sys.stdout.buffer.write(decision + b"\n")
    return 3 if paused else 0


if __name__ == "__main__":
    sys.exit(main())
