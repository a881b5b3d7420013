"""Small random programs, for running them both by Python itself and by the machine.

A program takes inputs from `choose(n)`, which gives a number below n that the machine does not know, and tells what
it sees by `emit(label, value, …)`. Its variables have kinds, so that most of what it does succeeds; a part of it
fails on purpose, inside and outside of `try`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

KINDS = ("int", "str", "list", "words", "dict", "pair", "set")
Value = Callable[[str, int], str]
RISKY: dict[str, list[Callable[[Value, int], str]]] = {
    "int": [
        lambda v, d: f"{v('list', d)}[{v('int', d)}]",
        lambda v, d: f"{v('dict', d)}[{v('str', d)}]",
        lambda v, d: f"{v('dict', d)}['b']",
        lambda v, d: f"int({v('str', d)} + '1')",
        lambda v, d: f"({v('int', d)} // {v('int', d)})",
        lambda v, d: f"({v('int', d)} % {v('int', d)})",
        lambda v, d: f"max({v('list', d)})",
        lambda v, d: f"{v('words', d)}.index({v('str', d)})",
    ],
    "str": [
        lambda v, d: f"{v('words', d)}[{v('int', d)}]",
        lambda v, d: f"min({v('words', d)})",
        lambda v, d: f"{v('str', d)}[{v('int', d)}]",
    ],
}
"""What may fail: written seldom outside of `try`, since a program that fails early shows little."""
WORDS = ("a", "b", "hall", "lamp/on", "x-y", "", "Q")
KEYS = ("a", "b", "c")


class Program:
    """Writes one program: `text` is its source once `write` has run."""

    def __init__(self, seed: int, size: int = 14) -> None:
        self.random = random.Random(seed)
        self.left = size
        self.lines: list[str] = []
        self.indent = 0
        self.scopes: list[dict[str, str]] = [{}]
        self.number = 0
        self.labels = 0
        self.loops: list[str] = []
        self.functions: list[tuple[str, int, bool]] = []
        self.generators: list[str] = []
        self.classes: list[tuple[str, list[str]]] = []
        self.inside = 0
        self.nested = 0
        self.trying = 0

    @property
    def text(self) -> str:
        """Return the source."""
        return "\n".join(self.lines) + "\n"

    def write(self) -> str:
        """Write the program and return its source."""
        self.line("from rec import choose, emit")
        while self.left > 0:
            self.statement()
        for name in list(self.scopes[0]):
            self.emit(name)
        return self.text

    # Lines.

    def line(self, text: str) -> None:
        """Write a line at the present depth."""
        self.lines.append("    " * self.indent + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Write a line that opens a block, and what is written meanwhile inside of it."""
        self.line(head)
        self.indent += 1
        self.nested += 1
        count = len(self.lines)
        try:
            yield
        finally:
            if len(self.lines) == count:
                self.line("pass")
            self.indent -= 1
            self.nested -= 1

    def body(self, most: int = 3) -> None:
        """Write a few statements."""
        for _ in range(self.random.randint(1, most)):
            self.statement()

    def fresh(self, kind: str = "") -> str:
        """Return a new name; with a kind, it can be used from here on in this scope."""
        self.number += 1
        name = f"v{self.number}"
        if kind:
            self.scopes[-1][name] = kind
        return name

    def emit(self, *values: str) -> None:
        """Write a call of `emit` with a label of its own."""
        self.labels += 1
        self.line(f"emit({', '.join([str(self.labels), *values])})")

    # Values.

    def names(self, kind: str) -> list[str]:
        """Return the names of a kind that can be seen."""
        return [name for scope in self.scopes for name, held in scope.items() if held == kind]

    def value(self, kind: str, depth: int = 2) -> str:
        """Return an expression of a kind."""
        if kind == "any":
            kind = self.random.choice(KINDS)
        names = self.names(kind)
        if names and self.random.random() < 0.45:
            return self.random.choice(names)
        if depth <= 0:
            return self.plain(kind)
        if self.random.random() < (0.2 if self.trying else 0.01) and kind in RISKY:
            return self.random.choice(RISKY[kind])(self.value, depth - 1)
        return self.random.choice(self.forms(kind))(depth - 1)

    def plain(self, kind: str) -> str:
        """Return a constant of a kind."""
        pick = self.random.choice
        number = self.random.randint(0, 4)
        return {
            "int": str(number),
            "bool": pick(("True", "False")),
            "str": repr(pick(WORDS)),
            "list": f"[{', '.join(str(i) for i in range(number))}]",
            "words": repr([pick(WORDS) for _ in range(number)]),
            "dict": "{" + ", ".join(f"{key!r}: {number + i}" for i, key in enumerate(KEYS[: number % 4])) + "}",
            "pair": f"({pick(WORDS)!r}, {number})",
            "set": "{" + ", ".join(repr(i) for i in range(number + 1)) + "}",
        }[kind]

    def forms(self, kind: str) -> list[Callable[[int], str]]:
        """Return the ways to write a value of a kind."""
        v, pick, number = self.value, self.random.choice, self.random.randint
        common: list[Callable[[int], str]] = [
            lambda d: self.plain(kind),
            lambda d: f"({v(kind, d)} if {self.test(d)} else {v(kind, d)})",
            lambda d: f"[{v(kind, d)}, {v(kind, d)}][{pick(('choose(2)', '0', '1', '-1'))}]",
            lambda d: f"(lambda q, r={v(kind, d)}: {pick(('q', 'r'))})({v(kind, d)})",
        ]
        if calls := [name for name, count, _ in self.functions if count >= 0 and kind == "int"]:
            common.append(lambda d: f"len(str({self.called(pick(calls), d)}))")
        own: dict[str, list[Callable[[int], str]]] = {
            "int": [
                lambda d: f"choose({number(2, 3)})",
                lambda d: f"({v('int', d)} {pick(('+', '-', '*', '|', '&', '^', '// 2 +', '% 3 -'))} {v('int', d)})",
                lambda d: f"len({v(pick(('str', 'list', 'words', 'dict', 'set', 'pair')), d)})",
                lambda d: f"{v('pair', d)}[1]",
                lambda d: f"{v('dict', d)}.get({pick(KEYS)!r}, {v('int', d)})",
                lambda d: f"sum({v('list', d)})",
                lambda d: f"{pick(('min', 'max'))}({v('int', d)}, {v('int', d)})",
                lambda d: f"abs(-{v('int', d)})",
                lambda d: f"({v('int', d)} or {v('int', d)})",
                lambda d: f"({v('int', d)} and {v('int', d)})",
                lambda d: f"{v('words', d)}.count({v('str', d)})",
                lambda d: f"max({v('list', d)}, default={v('int', d)})",
                lambda d: f"next(iter({v('list', d)}), 9)",
                lambda d: f"-{v('int', d)}",
                lambda d: f"int({self.test(d)})",
            ],
            "str": [
                lambda d: f'f"{pick(WORDS)}/{{{self.simple("int")}}}"',
                lambda d: f'f"{{{self.simple("str")}}}-{{{self.simple("int")}:>3}}"',
                lambda d: f'f"{{{self.simple("str")}!r}}"',
                lambda d: f"({v('str', d)} + {v('str', d)})",
                lambda d: f"'%s/%d' % ({v('str', d)}, {v('int', d)})",
                lambda d: f"'{{}}.{{x}}'.format({v('int', d)}, x={v('str', d)})",
                lambda d: f"'{{0[0]}}{{0[1]}}'.format({v('pair', d)})",
                lambda d: f"'/'.join({v('words', d)})",
                lambda d: (
                    f"{v('str', d)}.{pick(('upper()', 'lower()', 'strip()', 'title()', 'replace(`a`, `z`)', 'capitalize()'))}".replace(
                        "`", "'"
                    )
                ),
                lambda d: f"{v('str', d)}[{pick(('1:', ':1', '::-1', '-1:', ':-1', 'choose(2):'))}]",
                lambda d: f"{v('pair', d)}[0]",
                lambda d: f"str({v('int', d)})",
                lambda d: f"repr({v(pick(('int', 'str')), d)})",
                lambda d: f"({v('str', d)} * {number(0, 2)})",
                lambda d: f"{v('str', d)}.partition('/')[{number(0, 2)}]",
                lambda d: f"({v('str', d)} or {v('str', d)})",
                lambda d: f"{v('str', d)}.split('/')[{pick(('0', '-1'))}]",
            ],
            "list": [
                lambda d: f"[{v('int', d)}, {v('int', d)}]",
                lambda d: f"[{v('int', d)}, *{v('list', d)}]",
                lambda d: f"[*{v('list', d)}, {v('int', d)}]",
                lambda d: f"({v('list', d)} + {v('list', d)})",
                lambda d: f"[q for q in {v('list', d)} if {pick(('q', 'q % 2', 'choose(2)', 'q > 1'))}]",
                lambda d: f"[q + r for q in {v('list', d)} for r in {v('list', d)}][:4]",
                lambda d: f"list(range({v('int', d)}))",
                lambda d: f"sorted({v('list', d)})",
                lambda d: f"sorted({v('list', d)}, key=lambda q: -q)",
                lambda d: f"list(reversed({v('list', d)}))",
                lambda d: f"{v('list', d)}[{pick(('1:', ':1', '::-1', ':-1', 'choose(2):'))}]",
                lambda d: f"list({v('dict', d)}.values())",
                lambda d: f"list(map(lambda q: q + 1, {v('list', d)}))",
                lambda d: f"list(filter(None, {v('list', d)}))",
                lambda d: f"[len(q) for q in {v('words', d)}]",
                lambda d: f"sorted({v('set', d)})",
                lambda d: f"({v('list', d)} * {number(0, 2)})",
            ],
            "words": [
                lambda d: f"[{v('str', d)}, {v('str', d)}]",
                lambda d: f"{v('str', d)}.split('/')",
                lambda d: f"[q for q in {v('words', d)} if q]",
                lambda d: f"[f'{{i}}{{q}}' for i, q in enumerate({v('words', d)})]",
                lambda d: f"list({v('dict', d)})",
                lambda d: f"[str(q) for q in {v('list', d)}]",
                lambda d: f"[q for q, r in {v('dict', d)}.items() if r]",
                lambda d: f"[q + str(r) for q, r in zip({v('words', d)}, {v('list', d)})]",
                lambda d: f"sorted({v('words', d)})",
                lambda d: f"list({v('str', d)})",
            ],
            "dict": [
                lambda d: f"{{{v('str', d)}: {v('int', d)}, 'b': {v('int', d)}}}",
                lambda d: f"{{**{v('dict', d)}, {pick(KEYS)!r}: {v('int', d)}}}",
                lambda d: f"{{q: len(q) for q in {v('words', d)}}}",
                lambda d: f"dict({v('dict', d)}, a={v('int', d)})",
                lambda d: f"dict([{v('pair', d)}])",
                lambda d: f"({v('dict', d)} | {v('dict', d)})",
                lambda d: f"{v('dict', d)}.copy()",
                lambda d: f"dict(zip({v('words', d)}, {v('list', d)}))",
                lambda d: f"{{str(q): q for q in {v('list', d)} if q}}",
            ],
            "pair": [
                lambda d: f"({v('str', d)}, {v('int', d)})",
                lambda d: f"(*[{v('str', d)}], {v('int', d)})",
                lambda d: f"tuple([{v('str', d)}, {v('int', d)}])",
                lambda d: f"next((q for q in {v('dict', d)}.items()), ('z', 0))",
            ],
            "set": [
                lambda d: f"{{{v('int', d)}, {v('int', d)}}}",
                lambda d: f"set({v('list', d)})",
                lambda d: f"({v('set', d)} {pick(('|', '-', '&', '^'))} {v('set', d)})",
                lambda d: f"{{q % 2 for q in {v('list', d)}}}",
                lambda d: f"set({v('dict', d)}.values())",
            ],
            "bool": [lambda d: self.test(d)],
        }
        return [*common, *own[kind], *own[kind]]

    def simple(self, kind: str) -> str:
        """Return a short expression without quotes, for a field of an f-string."""
        names = self.names(kind)
        return self.random.choice(names) if names else "choose(2)" if kind == "int" else "str(choose(2))"

    def test(self, depth: int = 1) -> str:
        """Return a condition."""
        v, pick = self.value, self.random.choice
        d = depth - 1
        forms: list[Callable[[], str]] = [
            lambda: "choose(2)",
            lambda: f"choose(3) {pick(('==', '<', '!=', '>='))} 1",
            lambda: f"{v('int', d)} {pick(('==', '!=', '<', '<=', '>'))} {v('int', d)}",
            lambda: f"{v('str', d)} {pick(('==', '!='))} {v('str', d)}",
            lambda: v(pick(KINDS), d),
            lambda: f"{v('int', d)} in {v(pick(('list', 'set')), d)}",
            lambda: f"{pick(KEYS)!r} {pick(('in', 'not in'))} {v('dict', d)}",
            lambda: f"{v('str', d)} in {v('words', d)}",
            lambda: f"{v('str', d)}.startswith({pick(WORDS)!r})",
            lambda: f"isinstance({v('any', d)}, {pick(('int', 'str', '(list, dict)'))})",
            lambda: f"0 <= {v('int', d)} < 3",
            lambda: f"any({v('list', d)})",
            lambda: f"all({v('words', d)})",
            lambda: f"{self.simple(pick(('int', 'str')))} is None",
        ]
        if depth > 0:
            forms += [
                lambda: f"not {self.test(d)}",
                lambda: f"({self.test(d)} and {self.test(d)})",
                lambda: f"({self.test(d)} or {self.test(d)})",
            ]
        return pick(forms)()

    # Statements.

    def statement(self) -> None:
        """Write one statement, with what belongs to it."""
        self.left -= 1
        simple = [self.assign, self.assign, self.change, self.tell, self.tell, self.unpack, self.call]
        rich = [
            self.branch, self.branch, self.for_, self.while_, self.try_, self.try_, self.function, self.match_,
            self.class_, self.generator, self.with_, self.raise_, self.closure,
        ]  # fmt: skip
        if self.loops:
            simple += [self.jump, self.jump]
        if self.inside:
            simple.append(self.return_)
        if self.left <= 0 or self.nested > 4:
            rich = []
        self.random.choice([*simple, *rich])()

    def assign(self) -> None:
        """Give a name a value, often one that is there already."""
        kind = self.random.choice(KINDS)
        value = self.value(kind)
        old = [name for name, held in self.scopes[-1].items() if held == kind]
        name = self.random.choice(old) if old and self.random.random() < 0.6 else self.fresh(kind)
        if self.loops or len(self.scopes) > 1:
            value += {"str": "[:9]", "list": "[:5]", "words": "[:5]", "int": " % 19"}.get(kind, "")
        form = self.random.random()
        if form < 0.1:
            other = self.fresh(kind)
            self.line(f"{name} = {other} = {value}")
        elif form < 0.15 and name not in old:
            self.line(f"{name}: object = {value}")
        elif form < 0.2 and name not in old:
            self.line(f"if ({name} := {value}): pass")
        else:
            self.line(f"{name} = {value}")

    def change(self) -> None:
        """Change a value in place."""
        v, pick = self.value, self.random.choice
        kind = pick(("int", "str", "list", "words", "dict", "set"))
        own = [name for name, held in self.scopes[-1].items() if held == kind]
        names = own if kind in ("int", "str") else self.names(kind)
        if not names:
            self.assign()
            return
        name = pick(names)
        d = 1
        plus = name in own
        self.line(
            pick(
                {
                    "int": [f"{name} += {v('int', d)}", f"{name} -= 1", f"{name} = {name} * {v('int', d)} % 17"],
                    "str": [f"{name} += {v('str', d)}; {name} = {name}[:9]", f"{name} += {self.plain('str')}"],
                    "list": [
                        f"{name}.append({v('int', d)})",
                        f"{name}.extend({v('list', d)}); del {name}[5:]",
                        f"{name}.insert({v('int', d)}, {v('int', d)})",
                        f"{name}.sort()",
                        f"{name}.reverse()",
                        f"if {name}: {name}[0] = {v('int', d)}",
                        f"if len({name}) > 2: {name}[{v('int', d)} % 3] = {v('int', d)}",
                        f"if {name}: del {name}[0]",
                        f"{name}[:] = {v('list', d)}",
                        f"if {name}: {name}.pop()",
                        f"if {name}: {name}.pop({pick(('0', '-1', 'choose(2) - 1'))})",
                        f"if 1 in {name}: {name}.remove(1)",
                        f"{name}.clear()",
                        f"{name} += {v('list', d)}; del {name}[5:]" if plus else f"{name}.append(1)",
                    ],
                    "words": [f"{name}.append({v('str', d)})", f"{name}.sort(key=len)", f"{name}.sort(reverse=True)"],
                    "dict": [
                        f"{name}[{pick(KEYS)!r}] = {v('int', d)}",
                        f"{name}[{v('str', d)}] = {v('int', d)}",
                        f"{name}.update({v('dict', d)})",
                        f"{name}.setdefault({pick(KEYS)!r}, {v('int', d)})",
                        f"{name}.pop({pick(KEYS)!r}, None)",
                        f"{name}.pop({v('str', d)}, 0)",
                        f"if 'b' in {name}: del {name}['b']",
                        f"if {name}: {name}.popitem()",
                        f"{name}.update(c={v('int', d)})",
                        f"{name}.clear()",
                    ],
                    "set": [
                        f"{name}.add({v('int', d)})",
                        f"{name}.discard({v('int', d)})",
                        f"if 2 in {name}: {name}.remove(2)",
                        f"{name}.update({v('list', d)})",
                        f"{name} |= {v('set', d)}" if plus else f"{name}.add(7)",
                    ],
                }[kind]
            )
        )

    def tell(self) -> None:
        """Emit one or two values, sometimes several names together."""
        self.emit(*(self.value("any", 1) for _ in range(self.random.randint(1, 2))))

    def unpack(self) -> None:
        """Unpack a value into names."""
        pick = self.random.choice
        form = pick(("pair", "two", "star", "swap", "items"))
        if form == "pair":
            value = self.value("pair")
            self.line(f"{self.fresh('str')}, {self.fresh('int')} = {value}")
        elif form == "two":
            first, second = self.value("str"), self.value("list")
            self.line(f"{self.fresh('str')}, {self.fresh('list')} = {first}, {second}")
        elif form == "star":
            value = f"[{self.value('int', 1)}, *{self.value('list', 1)}]"
            self.line(f"{self.fresh('int')}, *{self.fresh('list')} = {value}")
        elif form == "items":
            value = self.value("dict")
            self.line(f"for {self.fresh('str')}, {self.fresh('int')} in {value}.items(): pass")
        else:
            own = [name for name, held in self.scopes[-1].items() if held == "int"]
            if len(own) > 1:
                one, other = self.random.sample(own, 2)
                self.line(f"{one}, {other} = {other}, {one}")

    def branch(self) -> None:
        """Write an `if`, sometimes with arms that write the same names together."""
        together = self.random.random() < 0.3
        one, other = (self.fresh("str"), self.fresh("int")) if together else ("", "")
        if together:
            self.line(f"{one}, {other} = {self.value('str', 1)}, {self.value('int', 1)}")
        heads = ["if", *["elif"] * self.random.randint(0, 1), *["else"] * self.random.randint(0, 1)]
        for head in heads:
            with self.block(f"{head} {self.test()}:" if head != "else" else "else:"), self.scope():
                if together:
                    self.line(f"{one}, {other} = {self.plain('str')}, {self.plain('int')}")
                self.body()
        if together:
            self.emit(one, other)

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Forget afterwards the names that are new inside: they may not be set."""
        before = dict(self.scopes[-1])
        counts = len(self.functions), len(self.generators), len(self.classes)
        yield
        if self.random.random() < 0.9:
            self.scopes[-1] = before
        del self.functions[counts[0] :], self.generators[counts[1] :], self.classes[counts[2] :]

    def for_(self) -> None:
        """Write a loop over something."""
        form = self.random.choice(("list", "range", "words", "items", "gen", "set", "rows", "enumerate", "zip"))
        if form == "gen" and not self.generators:
            form = "range"
        v = self.value
        heads: dict[str, Callable[[], tuple[str, list[str]]]] = {
            "list": lambda: (v("list"), ["int"]),
            "range": lambda: (f"range({v('int')} % 4)", ["int"]),
            "words": lambda: (v("words"), ["str"]),
            "items": lambda: (f"{v('dict')}.items()", ["str", "int"]),
            "gen": lambda: (f"{self.random.choice(self.generators)}({v('int')})", ["int"]),
            "set": lambda: (f"sorted({v('set')})", ["int"]),
            "rows": lambda: (f"[{v('pair', 1)}, {v('pair', 1)}]", ["str", "int"]),
            "enumerate": lambda: (f"enumerate({v('words')})", ["int", "str"]),
            "zip": lambda: (f"zip({v('words', 1)}, {v('list', 1)})", ["str", "int"]),
        }
        source, kinds = heads[form]()
        with self.scope():
            names = [self.fresh(kind) for kind in kinds]
            self.loops.append("for")
            with self.block(f"for {', '.join(names)} in {source}:"):
                self.body()
            self.loops.pop()
            self.otherwise()

    def otherwise(self) -> None:
        """Write an `else` now and then."""
        if self.random.random() < 0.3:
            with self.block("else:"), self.scope():
                self.body(2)

    def while_(self) -> None:
        """Write a loop that ends: by a counter, by an input, or by a break."""
        form = self.random.choice(("count", "input", "endless", "drain"))
        with self.scope():
            if form == "count":
                name = self.fresh()
                self.line(f"{name} = {self.value('int', 1)} % 4")
                self.loops.append("while")
                with self.block(f"while {name} > 0:"):
                    self.line(f"{name} -= 1")
                    self.body()
            elif form == "drain":
                name = self.fresh("list")
                self.line(f"{name} = {self.value('list')}")
                self.loops.append("while")
                with self.block(f"while {name}:"):
                    self.line(f"{self.fresh('int')} = {name}.pop()")
                    self.body(2)
            else:
                self.loops.append("while")
                with self.block("while True:" if form == "endless" else f"while {self.test(0)} and choose(2):"):
                    if form == "endless":
                        self.line("if choose(2): break")
                    self.body()
            self.loops.pop()
            self.otherwise()

    def jump(self) -> None:
        """Leave a round or a loop, mostly under a condition."""
        word = self.random.choice(("break", "continue"))
        self.line(word if self.random.random() < 0.15 else f"if {self.test(0)}: {word}")

    def try_(self) -> None:
        """Write a `try` whose body may fail."""
        self.trying += 1
        with self.block("try:"), self.scope():
            self.body()
            if self.random.random() < 0.6:
                self.line(
                    self.random.choice(
                        (
                            f"if {self.test(0)}: raise {self.random.choice(('ValueError(1)', 'KeyError', 'RuntimeError()'))}",
                            f"{self.fresh()} = {{'a': 1}}[{self.value('str', 1)}]",
                            f"{self.fresh()} = 10 // {self.value('int', 1)}",
                            f"{self.fresh()} = int({self.value('str', 1)})",
                            f"{self.fresh()} = {self.value('list', 1)}[{self.value('int', 1)}]",
                        )
                    )
                )
                self.body(2)
        self.trying -= 1
        handlers = self.random.sample(
            ["except ValueError as e:", "except KeyError:", "except (KeyError, IndexError):", "except Exception as e:"],
            self.random.randint(0, 2),
        )
        handlers.sort(key=lambda text: "Exception" in text)
        for head in handlers:
            with self.block(head), self.scope():
                self.body(2)
                if self.random.random() < 0.1:
                    self.line("raise")
        if handlers and self.random.random() < 0.3:
            with self.block("else:"), self.scope():
                self.body(2)
        if not handlers or self.random.random() < 0.3:
            with self.block("finally:"), self.scope():
                loops, self.loops = self.loops, []
                inside, self.inside = self.inside, 0
                self.body(2)
                self.loops, self.inside = loops, inside

    def raise_(self) -> None:
        """Fail under a condition."""
        if not self.trying and self.random.random() < 0.7:
            return
        self.line(f"if {self.test(0)}: raise {self.random.choice(('ValueError(2)', 'KeyError(3)', 'TypeError'))}")

    @contextmanager
    def function_scope(self, *parameters: tuple[str, str]) -> Iterator[None]:
        """Write inside of a function: names of its own, no loops around, nothing to return from but itself."""
        loops, self.loops = self.loops, []
        counts = len(self.functions), len(self.generators), len(self.classes)
        self.scopes.append(dict(parameters))
        self.inside += 1
        yield
        self.inside -= 1
        self.scopes.pop()
        self.loops = loops
        del self.functions[counts[0] :], self.generators[counts[1] :], self.classes[counts[2] :]

    def function(self) -> None:
        """Write a function with defaults and what else parameters can be."""
        name = self.fresh()
        one, other, third = self.fresh(), self.fresh(), self.fresh()
        form = self.random.choice(("plain", "star", "keyword", "defaults", "decorated"))
        default = self.value("int", 1)
        if form == "decorated":
            mark = self.fresh()
            with self.block(f"def {mark}(f):"):
                with self.block("def inner(*args, **kw):"):
                    self.emit("args[0]", "kw")
                    self.line("return f(*args, **kw)")
                self.line("return inner")
            self.line(f"@{mark}")
        tail = {"star": f", *{third}", "keyword": f", *, {third}={default}"}.get(form, f", {third}={default}")
        kinds = "varargs" if form == "star" else "int"
        head = f"def {name}({one}, {other}={self.value('str', 1)}{tail}):"
        with self.block(head), self.function_scope((one, "int"), (other, "str"), (third, kinds)):
            self.body()
            if self.random.random() < 0.8:
                self.return_(always=True)
        self.functions.append((name, 0, form == "star"))

    def return_(self, *, always: bool = False) -> None:
        """Return something, mostly under a condition."""
        value = self.value("any", 1)
        if always or self.random.random() < 0.1:
            self.line(f"return {value}")
        else:
            self.line(f"if {self.test(0)}: return {value}")

    def called(self, name: str, depth: int = 1) -> str:
        """Return a call of a function."""
        v = self.value
        star = next((flag for other, _, flag in self.functions if other == name), False)
        forms = [
            f"{name}({v('int', depth)})",
            f"{name}({v('int', depth)}, {v('str', depth)})",
            f"{name}(*({v('int', depth)}, {v('str', depth)}))",
        ]
        if star:
            forms.append(f"{name}({v('int', depth)}, 'x', {v('int', depth)}, *{v('list', depth)})")
        return self.random.choice(forms)

    def call(self) -> None:
        """Call a function and emit what it gives; two functions through a name that can be either."""
        if not self.functions:
            self.tell()
            return
        name = self.random.choice(self.functions)[0]
        if len(self.functions) > 1 and self.random.random() < 0.3:
            either = self.fresh()
            self.line(f"{either} = {name} if {self.test(0)} else {self.random.choice(self.functions)[0]}")
            self.emit(f"{either}({self.value('int', 1)})")
        else:
            self.emit(self.called(name))

    def closure(self) -> None:
        """Write a function that changes a name of the function around it."""
        outer, inner, held = self.fresh(), self.fresh(), self.fresh()
        with self.block(f"def {outer}(start):"):
            self.line(f"{held} = start")
            with self.block(f"def {inner}(step={self.plain('int')}):"):
                self.line(f"nonlocal {held}")
                with self.function_scope((held, "int"), ("step", "int")):
                    self.body(2)
                self.line(f"{held} = {held} + step")
                self.line(f"return {held}")
            self.line(f"return {inner}")
        made = self.fresh()
        self.line(f"{made} = {outer}({self.value('int', 1)})")
        self.emit(f"{made}()", f"{made}({self.value('int', 1)})")

    def generator(self) -> None:
        """Write a generator function."""
        name, start = self.fresh(), self.fresh()
        with self.block(f"def {name}({start}):"), self.function_scope((start, "int")):
            self.inside, inside = 0, self.inside
            form = self.random.choice(("flat", "loop", "from", "guarded"))
            if form == "flat":
                self.line(f"yield {self.value('int', 1)}")
                self.body(2)
                self.line(f"yield {self.value('int', 1)}")
            elif form == "loop":
                with self.block(f"for {self.fresh('int')} in range({self.value('int', 1)} % 3):"):
                    self.line(f"if {self.test(0)}: yield {self.value('int', 1)}")
                    self.body(1)
            elif form == "from":
                self.line(f"yield from {self.value('list', 1)}")
            else:
                with self.block("try:"):
                    self.line(f"yield {self.value('int', 1)}")
                with self.block("finally:"):
                    self.emit(start)
            self.inside = inside
        self.generators.append(name)
        if self.random.random() < 0.5:
            self.emit(f"list({name}({self.value('int', 1)}))")

    def class_(self) -> None:
        """Write a class, with a base when there is one, make an object of it and use it."""
        name, made = f"C{self.fresh()}", self.fresh()
        base = self.random.choice(self.classes)[0] if self.classes and self.random.random() < 0.6 else ""
        with self.block(f"class {name}({base}):" if base else f"class {name}:"):
            self.line(f"kind = {self.plain('str')}")
            self.line(f"shared = {self.plain('list')}")
            with self.block("def __init__(self, n, *rest):"):
                if base:
                    self.line("super().__init__(n)")
                self.line("self.n = n")
                self.line(f"self.label = {self.plain('str')}")
                with self.function_scope(("self.n", "int"), ("self.label", "str"), ("self.shared", "list")):
                    self.body(2)
            self.line(self.random.choice(("@property", "# plain")))
            with self.block("def topic(self):"):
                self.line("return f'{self.kind}/{self.label}/{self.n}'")
            with self.block("def go(self, x=1):"):
                if base:
                    self.line("before = super().go(x)")
                    self.emit("before")
                with self.function_scope(("self.n", "int"), ("self.label", "str"), ("x", "int")):
                    self.body(2)
                self.line("return self.n")
            self.line("@classmethod")
            with self.block("def make(cls):"):
                self.line(f"return cls({self.plain('int')})")
        self.classes.append((name, []))
        self.line(
            f"{made} = {name}({self.value('int', 1)})" if self.random.random() < 0.7 else f"{made} = {name}.make()"
        )
        self.emit(f"{made}.go({self.value('int', 1)})", f"{made}.label", f"{made}.kind")
        if self.random.random() < 0.5:
            self.line(f"if {self.test(0)}: {made}.n, {made}.label = {self.plain('int')}, {self.plain('str')}")
        self.emit(f"{made}.n", f"{made}.label", f"{made}.shared", f"getattr({made}, 'missing', 5)")
        self.scopes[-1][f"{made}.n"] = "int"
        self.scopes[-1][f"{made}.shared"] = "list"

    def with_(self) -> None:
        """Write a context manager that may swallow what fails inside, and a block in it."""
        name = f"W{self.fresh()}"
        with self.block(f"class {name}:"):
            with self.block("def __enter__(self):"):
                self.emit("'in'")
                self.line("return 4")
            with self.block("def __exit__(self, *exc):"):
                self.emit("'out'")
                self.line(f"return {self.random.choice(('None', 'True', 'choose(2)'))}")
        with self.scope(), self.block(f"with {name}() as {self.fresh('int')}:"):
            self.body()

    def match_(self) -> None:
        """Write a `match` on one of several kinds."""
        kind = self.random.choice(("int", "str", "pair", "list", "dict", "any"))
        patterns = {
            "int": ["0", "1 | 2", "int()", "-1"],
            "str": [repr(word) for word in WORDS] + ["str() as {s}"],
            "pair": ["('a', {i})", "({s}, 0 | 1)", "({s}, {i})"],
            "list": ["[]", "[{i}]", "[{i}, *{l}]", "[*_, 1]"],
            "dict": ["{{'a': {i}}}", "{{'b': 1, **{d}}}", "{{}}"],
        }
        chosen = [item for group in patterns.values() for item in group] if kind == "any" else patterns[kind]
        with self.block(f"match {self.value(kind, 2)}:"):
            for pattern in self.random.sample(chosen, min(len(chosen), self.random.randint(1, 3))):
                with self.scope():
                    names = {"i": "int", "s": "str", "l": "list", "d": "dict"}
                    used = {key: self.fresh(held) for key, held in names.items() if "{" + key + "}" in pattern}
                    head = pattern.format(**used)
                    guard = f" if {self.test(0)}" if self.random.random() < 0.2 else ""
                    with self.block(f"case {head}{guard}:"):
                        self.emit(*used.values())
                        self.body(2)
            if self.random.random() < 0.5:
                with self.block("case _:"), self.scope():
                    self.body(1)
