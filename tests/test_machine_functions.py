"""functools, contextlib, contextvars, itertools, operator, collections, inspect and importlib on the machine."""

from __future__ import annotations

import pytest
from support.symbolic import emitted, really

ENDING = {
    "partial": """
        import functools
        from functools import partial
        from rec import emit
        def say(a, b, c="c", *rest, d="d"):
            emit(a, b, c, rest, d)
        partial(say, 1)(2)
        partial(partial(say, 1, d="x"), 2, c=3)(d="y")
        partial(say, *(1, 2), **{"d": 4})()
        emit(partial(say, 7).args, partial(say, 7).func is say)
        class A:
            def set(self, key, value):
                emit(key, value)
            red = functools.partialmethod(set, "red", value=1)
        A().red()
        """,
    "wraps": """
        import functools
        from rec import emit
        def twice(f):
            @functools.wraps(f)
            def inner(*args, **kwargs):
                f(*args, **kwargs)
                return f(*args, **kwargs)
            return inner
        @twice
        def hello(name):
            emit(name)
            return name
        emit(hello("x"), hello.__name__, hello.__wrapped__("y"))
        """,
    "caches give the same object again": """
        import functools
        from rec import emit
        @functools.lru_cache
        def settings():
            emit("made")
            return {"a": 1}
        settings()["b"] = 2
        emit(settings())
        @functools.lru_cache(maxsize=None)
        def square(n, *, plus=0):
            emit(n)
            return n * n + plus
        emit(square(3), square(3), square(3, plus=1))
        settings.cache_clear()
        emit(settings())
        class A:
            @functools.cached_property
            def client(self):
                emit("client")
                return [self]
            @functools.cache
            def number(self, n):
                emit("number")
                return n
        a = A()
        emit(a.client is a.client, a.number(1), a.number(1))
        """,
    "a cached property and super": """
        import functools
        from rec import emit
        class A:
            @functools.cached_property
            def name(self):
                return "a"
        class B(A):
            @functools.cached_property
            def name(self):
                return super().name + "b"
        emit(B().name)
        """,
    "reduce": """
        import functools, operator
        from rec import emit
        emit(functools.reduce(operator.add, ["a", "b", "c"]), functools.reduce(lambda a, b: a * b, [2, 3], 4))
        """,
    "singledispatch": """
        import functools
        from rec import emit
        class A: pass
        class B(A): pass
        class C(B): pass
        @functools.singledispatch
        def show(value, end="."):
            emit("any", end)
        @show.register
        def _(value: int, end="."):
            emit("int", value, end)
        @show.register(A)
        def of_a(value, end="."):
            emit("A", end)
        show.register(B, lambda value, end=".": emit("B", end))
        for value in (1, "x", A(), B(), C()):
            show(value, end="!")
        class Visitor:
            @functools.singledispatchmethod
            def visit(self, value):
                emit("visit any")
            @visit.register
            def _(self, value: str):
                emit("visit", value)
        Visitor().visit(1)
        Visitor().visit("text")
        """,
    "context managers of generators": """
        from contextlib import contextmanager, suppress, closing, nullcontext, redirect_stdout
        from rec import emit
        @contextmanager
        def opened(name):
            emit("open", name)
            try:
                yield name.upper()
            finally:
                emit("close", name)
        with opened("a") as a, opened("b") as b:
            emit(a, b)
        with nullcontext("n") as n:
            emit(n)
        class Door:
            def close(self):
                emit("door")
        with closing(Door()) as door:
            emit("in")
        with suppress(ValueError, KeyError):
            emit("before")
            raise KeyError("k")
        emit("after")
        def early():
            with suppress(Exception):
                return "early"
        emit(early())
        """,
    "exit stacks": """
        import asyncio
        from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
        from rec import emit
        class Thing:
            def __init__(self, name):
                self.name = name
            def __enter__(self):
                emit("enter", self.name)
                return self
            def __exit__(self, *error):
                emit("exit", self.name)
        class Late:
            async def __aenter__(self):
                return "late"
            async def __aexit__(self, *error):
                emit("left")
        with ExitStack() as stack:
            for name in ("a", "b"):
                emit(stack.enter_context(Thing(name)).name)
            stack.callback(emit, "callback")
        emit("out")
        async def main():
            async with AsyncExitStack() as stack:
                emit(await stack.enter_async_context(Late()))
                stack.push_async_callback(asyncio.sleep, 0)
        asyncio.run(main())
        kept = ExitStack()
        kept.enter_context(Thing("kept"))
        kept.close()
        with ExitStack() as stack:
            stack.callback(emit, "moved")
            other = stack.pop_all()
        emit("before")
        other.close()
        """,
    "context variables": """
        from contextvars import ContextVar, copy_context
        from rec import emit
        name = ContextVar("name", default="none")
        emit(name.get())
        token = name.set("a")
        emit(name.get())
        name.reset(token)
        emit(name.get(), name.get("other"))
        other = ContextVar("other")
        emit(other.get("default"))
        emit(copy_context().run(lambda x: x + 1, 1))
        """,
    "itertools": """
        import itertools as it
        from rec import emit
        emit(list(it.chain([1], (2, 3), "ab")), list(it.chain.from_iterable([[1], [2]])))
        emit(list(it.product(["a", "b"], [1, 2])), list(it.product("ab", repeat=2)))
        emit(list(it.combinations([1, 2, 3], 2)), list(it.permutations("ab")), list(it.pairwise([1, 2, 3])))
        emit(list(it.zip_longest([1, 2], ["a"], fillvalue="-")))
        emit(list(it.islice([1, 2, 3, 4], 1, 3)))
        emit(list(it.islice(it.count(5), 2)))
        emit(list(it.starmap(lambda a, b: a + b, [(1, 2), (3, 4)])), list(it.repeat("x", 2)))
        emit(list(it.takewhile(lambda x: x < 3, [1, 2, 3, 1])), list(it.dropwhile(lambda x: x < 3, [1, 2, 3, 1])))
        emit(list(it.filterfalse(lambda x: x == 1, [1, 2, 1])))
        emit(list(it.accumulate([1, 2, 3])))
        emit(list(it.accumulate("abc", lambda a, b: b + a)))
        emit([(k, list(g)) for k, g in it.groupby([("a", 1), ("a", 2), ("b", 3)], key=lambda row: row[0])])
        emit(list(zip(it.count(1), ["a", "b"])))
        emit(list(zip(["a", "b", "c"], it.cycle([0, 1]))))
        emit(list(zip("ab", it.repeat(0))))
        one, two = it.tee([1, 2])
        emit(list(one), list(two), list(it.compress("abc", [True, False, True])))
        """,
    "operator": """
        import operator as op
        from rec import emit
        class A:
            x = 1
            def go(self, n, k=0):
                return (n, k)
        a = A()
        a.inner = A()
        emit(op.attrgetter("x")(a))
        emit(op.attrgetter("inner.x", "x")(a))
        emit(op.itemgetter("k")({"k": 1}))
        emit(op.itemgetter(0, -1)([1, 2, 3]))
        emit(op.methodcaller("go", 3, k=4)(a))
        emit(op.add("a", "b"))
        emit(op.mod("%s!", "x"))
        emit(op.eq(1, 1))
        emit(op.ne(1, 1))
        emit(op.lt(1, 2))
        emit(op.not_(0))
        emit(sorted([("b", 1), ("a", 2)], key=op.itemgetter(0))[0] in (("a", 2), ("b", 1)))
        emit(op.contains([1], 2))
        emit(op.getitem([5], 0))
        emit(op.neg(3))
        """,
    "collections": """
        from collections import Counter, ChainMap, UserDict, UserList, OrderedDict
        from rec import emit
        seen = Counter("aab")
        seen["c"] += 1
        emit(seen["a"], seen["c"], seen["z"], seen.most_common(1))
        both = ChainMap({"a": 1}, {"a": 2, "b": 3})
        emit(both["a"], both["b"], both.get("c", 0))
        class Table(UserDict):
            def __setitem__(self, key, value):
                super().__setitem__(key.lower(), value)
        table = Table()
        table["KEY"] = 1
        emit(table["key"], table.get("no"), list(table.items()), len(table), list(table))
        class Rows(UserList):
            def add(self, row):
                self.append(row)
        rows = Rows(["a"])
        rows.add("b")
        emit(list(rows), rows[0], len(rows))
        ordered = OrderedDict(b=1, a=2)
        emit(list(ordered))
        """,
    "inspect": """
        import inspect
        from rec import emit
        class A:
            x = 1
            def one(self): pass
            async def two(self): pass
            def go(self, a, b: int, *rest, c=None, **more) -> str: pass
        def free(a, /, b=2): pass
        emit(inspect.signature(free).parameters["b"].default)
        for name, p in inspect.signature(A.go).parameters.items():
            emit(name)
            emit(p.name)
            emit(p.default is inspect.Parameter.empty)
            emit(p.kind == p.VAR_POSITIONAL)
            emit(p.kind == inspect.Parameter.KEYWORD_ONLY)
        """,
    "what is what": """
        import inspect
        from rec import emit
        class A:
            def one(self): pass
            async def two(self): pass
        def gen(): yield 1
        emit([name for name, f in inspect.getmembers(A(), inspect.ismethod)])
        emit([name for name, f in inspect.getmembers(A, predicate=inspect.isfunction)])
        emit(inspect.iscoroutinefunction(A().two))
        emit(inspect.iscoroutinefunction(A.one))
        emit(inspect.isclass(A))
        emit(inspect.isclass(A()))
        emit(inspect.isgeneratorfunction(gen))
        emit(list(inspect.signature(A().one).parameters))
        emit(list(inspect.signature(lambda a, b=1: 0).parameters))
        """,
    "typing and abc stand aside": """
        import abc, typing, weakref
        from abc import ABC, abstractmethod
        from typing import Generic, NewType, Protocol, TypeVar, cast, overload, runtime_checkable
        from rec import emit
        T = TypeVar("T")
        Name = NewType("Name", str)
        @runtime_checkable
        class Sends(Protocol):
            def send(self, x): ...
        class Base(ABC, Generic[T]):
            @property
            @abstractmethod
            def topic(self): ...
            @abstractmethod
            def go(self): ...
        class Child(Base[int]):
            topic = "t"
            def go(self): emit(self.topic)
        class Other(metaclass=abc.ABCMeta):
            @staticmethod
            def say(x: "int | None" = None): emit(x)
        Child().go()
        Other.say(cast(int, "x"))
        emit(Name("n"))
        child = Child()
        emit(weakref.ref(child)() is child, weakref.proxy(child).topic, sorted(typing.get_type_hints(Other.say)))
        """,
}


@pytest.mark.parametrize("program", ENDING.values(), ids=ENDING)
def test_same_as_python(program: str) -> None:
    """The machine emits what Python emits, in Python's order."""
    assert emitted(program) == really(program)


OWN = {
    "partly known collections are joined": (
        """
        import itertools, outside
        from rec import emit
        names = ["a"]
        if outside.flag():
            names.append("b")
        for pair in itertools.product(names, [1]):
            emit(pair)
        """,
        ["('a', 1) | ('b', 1)", "('a', 1) | ('b', 1)"],
    ),
    "the next of a count is not known": (
        """
        import itertools
        from rec import emit
        ids = itertools.count(1)
        emit(next(ids))
        emit(f"m/{next(ids)}")
        for n in itertools.count():
            emit(n)
        """,
        ["<count>", "m/{count}", 0, "<n>", "<n>"],
    ),
    "a partial escapes with its function": (
        """
        import functools, outside
        from rec import emit
        outside.later(functools.partial(emit, 1))
        """,
        [],
    ),
    "modules by name": (
        """
        import importlib, outside
        from rec import emit
        emit(importlib.import_module("plugin_a").NAME)
        import plugin_b
        emit(importlib.import_module(f"plugin_{outside.which()}").NAME)
        """,
        ["a", "a | b"],
    ),
    "a generator that an exit stack enters": (
        """
        from contextlib import ExitStack, contextmanager
        from rec import emit
        state = {"open": 0}
        @contextmanager
        def opened(name):
            state["open"] = 1
            try:
                state["name"] = name
                yield name
            finally:
                state["open"] = 0
        with ExitStack() as stack:
            emit(stack.enter_context(opened("a")), state)
        """,
        [("a", {"open": 1, "name": "a"})],
    ),
    "a context variable set on one side": (
        """
        import contextvars, outside
        from rec import emit
        name = contextvars.ContextVar("name", default="none")
        if outside.flag():
            name.set("a")
        emit(name.get())
        """,
        ["a | none"],
    ),
    "dispatch on what is not known": (
        """
        import functools, outside
        from rec import emit
        @functools.singledispatch
        def show(value): emit("any")
        @show.register
        def _(value: int): emit("int")
        show(outside.value())
        """,
        ["int", "any"],
    ),
}
PLUGINS = {"plugin_a": 'NAME = "a"', "plugin_b": 'NAME = "b"'}


@pytest.mark.parametrize(("program", "expected"), OWN.values(), ids=OWN)
def test_partly_known(program: str, expected: list[object]) -> None:
    """What only the machine can say: alternatives joined, and what is not known as such."""
    assert emitted(program, **PLUGINS) == expected
