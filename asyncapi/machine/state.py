"""The state of a run: what every part of the machine reads and writes, and what one part may ask of another.

A part is a module of functions that take the machine first. What they need of each other stands here by name and
signature alone; `asyncapi.machine.machine` puts the parts together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from asyncapi.machine.code import NOWHERE, CallSite, Code, ProgramSource
from asyncapi.machine.forks import Assume, Fork
from asyncapi.machine.heap import Heap, PathEnd, Region, TooFar
from asyncapi.machine.lattice import Guards, filled, under
from asyncapi.machine.library import Outside, Outsides
from asyncapi.machine.limits import FUEL, Limit, Shortened
from asyncapi.machine.values import (
    ABSENT,
    Cell,
    Class,
    Deferred,
    DictCell,
    External,
    Func,
    HoledText,
    Instance,
    Module,
    Opaque,
    Received,
    Task,
    Value,
)

Run = Callable[["Activation"], Value]
Block = Callable[["Activation"], bool]
Handler = tuple[Callable[["Activation"], Value] | None, str | None, Callable[["Activation"], bool]]
Final = Callable[[bool], tuple[bool, "bool | None"]]


class Finder(Protocol):
    """Finds the source file that an import means; None for what is not read."""

    def __call__(self, name: str, near: ProgramSource | None) -> ProgramSource | None:
        """Return the file of a dotted name."""


class OutOfFuel(Exception):  # noqa: N818 - a way to stop, no error
    """The steps that one service may take are used up."""


class Activation(Cell):
    """A function, class body or module that runs: its names in `fields`, and who called it from where.

    `region` is opened when paths may leave early; `consumer` takes what a generator yields.
    """

    __slots__ = (
        "at",
        "caller",
        "code",
        "consumer",
        "depth",
        "m",
        "module",
        "outer",
        "owner",
        "region",
        "result",
        "returned",
    )

    def __init__(
        self, birth: int, number: int, m: Machine, code: Code, module: Module, outer: Activation | None
    ) -> None:
        super().__init__(birth, number)
        self.m, self.code, self.module, self.outer = m, code, module, outer
        self.region: Region | None = None
        self.consumer: Callable[[Value], bool] | None = None
        self.result: Value = None
        self.returned = False
        self.caller: Activation | None = None
        self.at: CallSite | None = None
        self.owner: Class | None = None
        self.depth = 0


def outer_frame(frame: Activation, steps: int) -> Activation:
    """Return the frame of a function some definitions further out."""
    found = frame
    for _ in range(steps):
        if found.outer is None:
            break
        found = found.outer
    return found


def look_up(frame: Activation, name: str) -> Value:
    """Return what a name of the module or of Python itself stands for; ABSENT where nobody knows it."""
    value = frame.module.fields.get(name, ABSENT)
    return frame.m.builtin(name) if value is ABSENT else value


class Machine(Heap):
    """What a run knows. `find` gives the files of imports, `library` says what the rest does."""

    def __init__(self, find: Finder, library: Outsides, *, fuel: int = FUEL.most) -> None:
        super().__init__()
        self.find, self.library = find, library
        self.fuel = self.full = fuel
        self.assumed: Assume = {}
        self.conditions: tuple[tuple[Any, bool], ...] = ()
        self.meanings: dict[tuple[int, int], Assume] = {}
        self.modules: dict[str, Module] = {}
        self.codes: dict[str, Code] = {}
        self.generics: dict[object, Class] = {}
        self.annotations: dict[int, Any] = {}
        self.instances: dict[Class, list[Instance]] = {}
        self.derived: list[Class] = []
        self.functions: list[Func] = []
        self.stack: list[tuple[Code, CallSite | None]] = []
        self.current: Activation | None = None
        self.at: CallSite = NOWHERE
        self.place = NOWHERE
        self.arms = 0
        self.tries = 0
        self.failures = 0
        self.tasks: list[Task] = []
        self.escaped: list[tuple[Value, CallSite]] = []
        self.escapes: set[object] = set()
        self.reached: set[Code] = set()
        self.cuts: dict[tuple[str, str, int], Shortened] = {}
        self.strange: dict[tuple[str, str, int], tuple[str, CallSite]] = {}
        self.absent: dict[tuple[str, str], tuple[Class, str, CallSite, tuple[tuple[Code, CallSite | None], ...]]] = {}
        self.waits: list[Callable[[], bool]] = []
        self.waiting = 0
        self.task: Task | None = None
        self.dequeued = 0
        self.endings: list[Callable[[], None]] = []
        self.assuming = 0
        self.far: Callable[[Code], bool] | None = None
        self.floor: int | None = None
        self.exhausted: set[Code] = set()
        self.results: dict[object, tuple[int, Value]] = {}
        self.watch: Callable[[Func, Activation, CallSite], None] | None = None
        self.validated: Callable[[Received, Value, CallSite, str], None] | None = None

    def burn(self) -> None:
        """Take a step."""
        self.fuel -= 1
        if self.fuel < 0:
            raise OutOfFuel
        if self.floor is not None and self.fuel < self.floor:
            raise TooFar

    def is_far(self, code: Code) -> bool:
        """Say whether nothing that a function calls, by the names of what is called, can lead to what is asked for."""
        return self.far is not None and self.far(code)

    def cut(self, limit: Limit, at: CallSite | None, seen: int, kept: int) -> None:
        """Keep that a bound cut something."""
        place = at or self.at
        self.cuts.setdefault(
            (limit.name, place.file, place.line), Shortened(limit=limit.name, source=place.source, seen=seen, kept=kept)
        )

    def not_followed(self, what: str, at: CallSite) -> None:
        """Keep that a construct was met which is not followed."""
        self.strange.setdefault((what, at.file, at.line), (what, at))

    def missing(self, cls: Class, name: str, at: CallSite) -> None:
        """Keep that a class that is known whole lacks what the program takes from it."""
        if self.stack and self.stack[-1][0].file.own and not name.startswith("__"):
            self.absent.setdefault((cls.path, name), (cls, name, at, tuple(self.stack)))

    def fails(self) -> None:
        """Say that something may fail here: `except` arms around it may run."""
        self.failing()

    def frame(self, code: Code, module: Module, outer: Activation | None) -> Activation:
        """Return a new frame."""
        self.number += 1
        return Activation(self.clock, self.number, self, code, module, outer)

    def function(self, f: Activation, code: Code, defaults: list[Value], keyword_defaults: dict[str, Value]) -> Func:
        """Return a function that a `def` or `lambda` makes."""
        made: Func = self.new(Func, code, f.module)
        made.outer, made.defaults, made.keyword_defaults = f, tuple(defaults), keyword_defaults
        if code.name != "<lambda>":
            self.functions.append(made)
        return made

    def ensure(self, f: Activation) -> None:
        """Open the region of a frame, in which its early returns are kept, before any other region of it."""
        if f.region is None:
            f.region = self.open()

    def running(self, frame: Activation, body: Callable[[], Any]) -> None:
        """Run a class body or module in its frame."""
        self.stack.append((frame.code, None))
        current, self.current = self.current, frame
        depth = len(self.regions)
        frame.region = self.open()
        try:
            body()
        except PathEnd:
            pass
        finally:
            self.current = current
            self.stack.pop()
            self.unwind(depth + 1)
            self.commit(frame.region)
            frame.region = None

    def branch(self, fork: Fork, then: Callable[[], Value], orelse: Callable[[], Value], test: Any) -> Value:
        """Run both arms of a condition that is not known, each with what it tells, and join their states."""
        conditions = self.conditions

        def arm(run: Callable[[], Value], places: list[Any], holds: bool) -> Callable[[], Value]:
            def run_arm() -> Value:
                self.conditions = (*conditions, (test, holds))
                for cell, name, value in places:
                    self.write(cell, name, value)
                return run()

            return run_arm

        try:
            return self.fork(
                [arm(then, fork.yes_places, True), arm(orelse, fork.no_places, False)], [fork.yes, fork.no]
            )
        finally:
            self.conditions = conditions

    def suppose(self, assume: Assume, places: list[Any]) -> None:
        """Go on as if a condition held."""
        if assume:
            self.assumed = {**self.assumed, **assume}
        for cell, name, value in places:
            self.write(cell, name, value)

    def aside(self, run: Callable[[], Any]) -> None:
        """Run something for what it does outside, on a path that has left: what it writes is dropped."""
        region = self.open()
        depth = len(self.regions)
        self.arms += 1
        try:
            run()
        except PathEnd:
            pass
        finally:
            self.arms -= 1
            self.unwind(depth)
            self.undo(region)

    def raised(self, f: Activation, value: Value) -> None:
        """Leave the present path with an exception."""
        if self.catching:
            self.leave(f, "raise", value)

    def seen(self, value: Value) -> Value:
        """Return a value as the present path sees it."""
        if not self.assumed:
            return value
        return filled(value, self.assumed) if value.__class__ is HoledText else under(value, self.assumed)

    def meaning(self, guards: Guards) -> Assume:
        """Return what may be assumed where an alternative was chosen on these branches."""
        found: Assume = {}
        for branch, arm in guards:
            found[branch] = arm
            found.update(self.meanings.get((branch, arm), {}))
        return found

    def excluded(self, value: Value, against: Value) -> bool:
        """Say whether the present path has ruled out that a received topic or field is some text."""
        return isinstance(against, (str, int)) and against in self.assumed.get(("not", value.key), ())

    def quietly(self, run: Callable[[], Value]) -> Value:
        """Compute what the program itself does not: an annotation; an end of its path is no end of this one."""
        depth = len(self.regions)
        self.arms += 1
        try:
            return run()
        except PathEnd:
            self.unwind(depth)
            return Opaque("an annotation")
        finally:
            self.arms -= 1

    def builtin(self, name: str) -> Value:
        """Return one of Python's own names; ABSENT where there is none."""
        return self.library.builtin(name)

    def external(self, path: str) -> Value:
        """Return something outside by its dotted name: a constant where the library says its value."""
        path = self.library.canonical(path)
        constant = self.library.constants.get(path, ABSENT)
        return constant if constant is not ABSENT else External(path)

    def outside_of(self, value: Instance) -> Outside | None:
        """Return what is known of the outside class that an object is of, or derives from."""
        for base in value.cls.mro if isinstance(value.cls, Class) else (value.cls,):
            if isinstance(base, External) and base.path in self.library.classes:
                return self.library.classes[base.path]
        return None

    def later(self, begin: Callable[[], Value], what: object = None) -> Task:
        """Keep a piece of the program that runs beside the rest, when the rest waits."""
        task = Task(begin, what)
        self.tasks.append(task)
        return task

    def finish(self, task: Task) -> Value:
        """Run a task now if it has not run, and return its result."""
        if task.state == "new":
            task.state = "running"
            if task in self.tasks:
                self.tasks.remove(task)
            before, self.task = self.task, task
            try:
                task.result = self.apart(task.begin)
            finally:
                self.task = before
            task.state = "done"
            for after in task.after:
                after(task.result)
        return task.result

    def apart(self, run: Callable[[], Value]) -> Value:
        """Run something that has a beginning of its own: its path may end without ending that of the rest."""
        depth = len(self.regions)
        arms, tries, assumed, conditions = self.arms, self.tries, self.assumed, self.conditions
        catching, passed = self.catching, self.passed
        self.arms = self.tries = self.catching = 0
        self.assumed, self.conditions = {}, ()
        try:
            return run()
        except PathEnd:
            return Opaque("a task that ends with an error")
        finally:
            self.unwind(depth)
            self.arms, self.tries, self.assumed, self.conditions = arms, tries, assumed, conditions
            self.catching, self.passed = catching, passed

    def wait(self) -> None:
        """The program waits here: what runs beside it runs, and messages come, until nothing new happens."""
        self.fails()
        if self.waiting > 12:
            return
        self.waiting += 1
        try:
            again = True
            while again:
                again = False
                while self.tasks:
                    task = self.tasks.pop(0)
                    self.finish(task)
                    again = True
                for hook in self.waits:
                    again = hook() or again
        finally:
            self.waiting -= 1

    def end(self) -> None:
        """The program ends here: what runs beside it runs, then what was kept for the end (`endings`), in its order."""
        self.wait()
        while self.endings:
            self.endings.pop(0)()
            self.wait()

    def rested(self, f: Activation) -> None:
        """An endless loop has gone round once."""

    # What the parts do, each in a module of its own.

    def attribute(self, owner: Value, name: str, at: CallSite) -> Value:
        """Return `owner.name` for everything that the owner can be."""
        raise NotImplementedError

    def set_attribute(self, owner: Value, name: str, value: Value, at: CallSite) -> None:
        """Run `owner.name = value`: through a setter or descriptor where the class has one."""
        raise NotImplementedError

    def delete_attribute(self, owner: Value, name: str) -> None:
        """Run `del owner.name`."""
        raise NotImplementedError

    def class_attribute(self, cls: Class, name: str) -> Value:
        """Return what a class or the first of its bases of the program has under a name, as it stands there."""
        raise NotImplementedError

    def call(
        self, callee: Value, arguments: list[Value], named: dict[str, Value], at: CallSite, f: Activation | None = None
    ) -> Value:
        """Return what a call gives; where the callee can be several things, each is called on a branch of its own."""
        raise NotImplementedError

    def fork(self, arms: Sequence[Callable[[], Value]], assumes: list[dict[object, Value]] | None = None) -> Value:
        """Run several arms, each from the present state, and join what they wrote and gave."""
        raise NotImplementedError

    def consume(self, generator: Deferred, body: Callable[[Value, bool | None], bool]) -> bool:
        """Run a generator with the consumer's body inside of its `yield`; whether every path of the body left."""
        raise NotImplementedError

    def awaited(self, value: Value, at: CallSite) -> Value:
        """Return what awaiting a value gives: a coroutine runs here, once."""
        raise NotImplementedError

    def class_(self, f: Activation, code: Code, bases: list[Value], keywords: dict[str, Value]) -> Value:
        """Return the class that a `class` statement makes."""
        raise NotImplementedError

    def subclassed(self, cls: Class) -> None:
        """Run `__init_subclass__` of the bases, and what libraries do with classes that derive from theirs."""
        raise NotImplementedError

    def subclasses(self, cls: Class, at: CallSite) -> Value:
        """Return the classes that derive directly from a class, in the order in which they were made."""
        raise NotImplementedError

    def construct(
        self, cls: Class, arguments: list[Value], named: dict[str, Value], at: CallSite, f: Activation | None
    ) -> Value:
        """Return what calling a class gives."""
        raise NotImplementedError

    def bare(self, cls: Value, at: CallSite) -> Value:
        """Return a new object of a class, without running anything of it."""
        raise NotImplementedError

    def super_of(self, f: Activation) -> Value:
        """Return what `super()` gives in a method."""
        raise NotImplementedError

    def subscripted(self, cls: Class, index: Value, at: CallSite) -> Value:
        """Return `Class[...]`: an enumeration's member, what `__class_getitem__` gives, or the class itself."""
        raise NotImplementedError

    def is_instance(self, value: Value, classes: Value) -> bool | None:
        """Say whether a single value is of a class, or of one of several."""
        raise NotImplementedError

    def is_subclass(self, value: Value, classes: Value) -> bool | None:
        """Say whether a class derives from another, or from one of several."""
        raise NotImplementedError

    def truth_of(self, value: Instance) -> bool | None:
        """Say whether an object counts as true."""
        raise NotImplementedError

    def same(self, a: Value, b: Value) -> bool | None:
        """Say whether two values are equal, at least one of them an object."""
        raise NotImplementedError

    def members_of(self, cls: Value) -> list[Value] | None:
        """Return the members of an enumeration, or None for any other class."""
        raise NotImplementedError

    def dict_of(self, owner: Value) -> DictCell:
        """Return the attributes of an object, class or module as a dict."""
        raise NotImplementedError

    def annotations_of(self, cls: Class) -> dict[str, tuple[Class, Any]]:
        """Return the annotated names of a class and its bases, the bases' first, each with the class it stands in."""
        raise NotImplementedError

    def annotation(self, node: Any, owner: Class | Func | Activation) -> Value:
        """Return the value of an annotation, texts parsed; unknown where it cannot be."""
        raise NotImplementedError

    def annotation_dict(self, owner: Value, at: CallSite) -> Value:
        """Return `__annotations__` of a class or function."""
        raise NotImplementedError

    def text_of(self, value: Instance, at: CallSite | None) -> Value:
        """Return an object as `str()` shows it; None where that is not known."""
        raise NotImplementedError

    def equal(self, a: Value, b: Value) -> bool | None:
        """Say whether two single values are equal; None where only a run knows."""
        raise NotImplementedError

    def attempt(
        self, f: Activation, inside: Callable[[], bool], orelse: Callable[[], bool], handlers: Sequence[Handler]
    ) -> bool:
        """Run the body of a `try`, then, each on a branch, the arms that may take up what failed in it."""
        raise NotImplementedError

    def lastly(self, inside: Callable[[], bool], final: Final) -> bool:
        """Run a block, then `final` on every path out of it: those that go on, those that leave, those that fail."""
        raise NotImplementedError

    def within(self, context: Value, inside: Callable[[Value], bool], at: CallSite, f: Activation) -> bool:
        """Run a block inside a context manager; whether every path left the block."""
        raise NotImplementedError

    def exclusion(self, value: Value, against: Value) -> Assume:
        """Return what may be assumed where a received topic or field is not one of some texts."""
        raise NotImplementedError

    def may_equal(self, value: Value, other: Value) -> bool:
        """Say whether two values may be equal."""
        raise NotImplementedError

    def chosen(self, index: Value, key: Value, value: Value) -> Value:
        """Return a value that was found under a key, remembering what its choice says of a received topic or field."""
        raise NotImplementedError

    def named(self, module: Module, name: str, value: Value, line: int) -> Value:
        """Return a text that a module or class gives a name, knowing so."""
        raise NotImplementedError

    def import_(self, name: str, near: Module | None) -> Value:
        """Return a module, run when it is first imported; an outside one as its name."""
        raise NotImplementedError

    def load(self, file: ProgramSource, name: str, *, main: bool = False) -> Module:
        """Return the module of a file, run with the given name (as `__main__` where it is started)."""
        raise NotImplementedError

    def absolute(self, module: Module, level: int, name: str) -> str:
        """Return the dotted name that a relative import means."""
        raise NotImplementedError

    def import_name(self, module: str, name: str, near: Module) -> Value:
        """Return what `from module import name` gives."""
        raise NotImplementedError

    def submodule(self, module: Module, name: str) -> Module | None:
        """Return a module inside a package, imported where it exists."""
        raise NotImplementedError

    def import_all(self, module: str, f: Activation) -> None:
        """Give a frame all public names of a module."""
        raise NotImplementedError

    def outside_attribute(self, base: External, owner: Instance, name: str, at: CallSite) -> Value:
        """Return what an outside class has under a name, bound to an object; ABSENT where nothing is known of it."""
        raise NotImplementedError

    def outside_class_attribute(self, base: External, cls: Class, name: str, at: CallSite) -> Value:
        """Return what an outside class has under a name, taken from a class that derives from it."""
        raise NotImplementedError

    def outside_set(self, owner: Instance, name: str, value: Value, at: CallSite) -> bool:
        """Tell an outside class that an attribute is written; whether it takes care of it."""
        raise NotImplementedError

    def bound_outside(self, value: Instance, owner: Value) -> Value:
        """Return a descriptor of a library as an object has it."""
        raise NotImplementedError

    def is_known(self, base: External) -> bool:
        """Say whether an outside class has a row."""
        raise NotImplementedError

    def derives(self, cls: Value, wanted: External) -> bool:
        """Say whether a class derives from an outside one, through the bases that rows tell of, too."""
        raise NotImplementedError

    def call_outside(self, callee: External, arguments: list[Value], named: dict[str, Value], at: CallSite) -> Value:
        """Return what calling something outside gives: what its row says, an object of a class, or an unknown value."""
        raise NotImplementedError

    def external_item(self, owner: External, index: Value, at: CallSite) -> Value:
        """Return `outside[...]`: a generic class stays what it is; `os.environ[...]` and the like have rows."""
        raise NotImplementedError

    def call_unknown(self, callee: Value, arguments: list[Value], named: dict[str, Value], at: CallSite) -> Value:
        """Return what calling something unknown gives; functions handed to it may be called by it."""
        raise NotImplementedError

    def call_instance(
        self, callee: Instance, arguments: list[Value], named: dict[str, Value], at: CallSite, f: Activation | None
    ) -> Value:
        """Return what calling an object gives."""
        raise NotImplementedError

    def escaping(self, values: list[Value], at: CallSite) -> None:
        """Keep functions that are handed to code nobody reads: they may be called from there."""
        raise NotImplementedError

    def decorated(self, decorator: Value, made: Value, at: CallSite, f: Activation) -> Value:
        """Return a function or class behind a decorator; one that nobody reads leaves it as it is."""
        raise NotImplementedError

    def callable_(self, value: Value) -> bool | None:
        """Say whether a value can be called."""
        raise NotImplementedError

    def special(self, owner: Instance, name: str, arguments: list[Value], at: CallSite | None) -> Value:
        """Return what a special method of an object gives."""
        raise NotImplementedError

    def operate(self, name: str, a: Value, b: Value, at: CallSite) -> Value:
        """Return what an operator with an object gives; ABSENT where the object says nothing of it."""
        raise NotImplementedError

    def loop_over(self, owner: Instance, body: Callable[[Value, bool | None], bool], at: CallSite | None) -> bool:
        """Loop over an object: its row's elements, what `__iter__` gives, or one unknown element."""
        raise NotImplementedError

    def looping(self, source: Value, body: Callable[[Value, bool | None], bool], at: CallSite, f: Activation) -> bool:
        """Run a `for` loop's rounds over a value; whether every path left the loop."""
        raise NotImplementedError

    def await_instance(self, value: Instance, at: CallSite) -> Value:
        """Return what awaiting an object gives."""
        raise NotImplementedError

    def fields_of(self, value: Value) -> dict[str, Value] | None:
        """Return the fields of a model object as a dump has them; None for anything else."""
        raise NotImplementedError

    def argument(self, func: Func, name: str) -> Value:
        """Return what a parameter is that no caller passes."""
        raise NotImplementedError

    def run_module(self, file: ProgramSource, name: str, *, main: bool) -> Module:
        """Run a file as a program, or import it."""
        raise NotImplementedError
