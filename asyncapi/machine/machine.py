"""The machine: runs a program on symbolic values, statement by statement, from wherever it is told to begin.

It knows Python and nothing of MQTT. What libraries do is told to it in rows (`asyncapi.machine.library`); the rows of
MQTT clients come from `asyncapi.mqtt`. Its state is the heap, the assumptions of the present path, and the tasks that
run while the program waits.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable

from asyncapi.machine import attributes, calls, classes, expressions, failures, items, operators, statements
from asyncapi.machine.code import CallSite, Code, ProgramSource
from asyncapi.machine.conditions import equation
from asyncapi.machine.dispatch import body
from asyncapi.machine.forks import Assume
from asyncapi.machine.lattice import each, guarded
from asyncapi.machine.state import Activation, Machine
from asyncapi.machine.values import (
    ABSENT,
    Assumed,
    Beyond,
    Bound,
    Class,
    Deferred,
    External,
    Func,
    HoledText,
    Instance,
    Module,
    Native,
    Opaque,
    Origin,
    Received,
    Str,
    Tup,
    Union,
    Value,
)
from asyncapi.sources import Source


def own_bases(path: str) -> list[str]:
    """Return the bases of one of Python's own classes; nothing for any other."""
    module, _, name = path.rpartition(".")
    found = getattr(builtins, name, None) if module == "builtins" else None
    return [f"builtins.{base.__name__}" for base in found.__bases__] if isinstance(found, type) else []


REGISTERING = (expressions, statements)
"""The modules that fill the registries of `asyncapi.machine.dispatch` when they are imported."""


class Interpreter(Machine):
    """Runs a program: the machine with all of its parts."""

    attribute = attributes.attribute
    set_attribute = attributes.set_attribute
    delete_attribute = attributes.delete_attribute
    class_attribute = attributes.class_attribute
    call = calls.call
    fork = calls.fork
    consume = calls.consume
    awaited = calls.awaited
    class_ = classes.class_
    subclassed = classes.subclassed
    subclasses = classes.subclasses
    construct = classes.construct
    bare = classes.bare
    super_of = classes.super_of
    subscripted = classes.subscripted
    is_instance = classes.is_instance
    is_subclass = classes.is_subclass
    truth_of = classes.truth_of
    same = classes.same
    members_of = classes.members_of
    dict_of = classes.dict_of
    annotations_of = classes.annotations_of
    annotation = classes.annotation
    annotation_dict = classes.annotation_dict
    text_of = classes.text_of
    equal = operators.equal
    attempt = failures.attempt
    lastly = failures.lastly
    within = failures.within

    # What a step costs, and what is told of bounds.

    # Frames.

    # Branches.

    # What a path knows.

    def exclusion(self, value: Value, against: Value) -> Assume:
        """Return what may be assumed where a received topic or field is not one of some texts."""
        if not isinstance(value, (HoledText, Received)):
            return {}
        name = ("not", value.key)
        texts_ = [item for item in each(against) if isinstance(item, (str, int))]
        if not texts_ and not isinstance(against, (str, int)):
            texts_ = (
                [item for item, _ in items.listed(self, against, None) if isinstance(item, (str, int))]
                if not isinstance(against, (Opaque, Received, External, Beyond))
                else []
            )
        old = self.assumed.get(name, frozenset())
        return {name: frozenset(old) | frozenset(texts_)} if texts_ else {}

    def may_equal(self, value: Value, other: Value) -> bool:
        """Say whether two values may be equal."""
        return any(self.equal(a, b) is not False for a in each(value) for b in each(other))

    def chosen(self, index: Value, key: Value, value: Value) -> Value:
        """Return a value that was found under a key, remembering what its choice says of a received topic or field."""

        assume = equation(index, key)
        if not assume:
            return value
        self.branches += 1
        self.meanings[self.branches, 0] = assume
        return guarded(value, frozenset(((self.branches, 0),)))

    def named(self, module: Module, name: str, value: Value, line: int) -> Value:
        """Return a text that a module or class gives a name, knowing so."""
        if isinstance(value, str | HoledText):
            dotted = f"{module.name}.{name}"
            origin = Origin(
                f"constant {dotted}",
                Source(file=module.file, symbol=name, line=line),
                dotted,
                getattr(value, "origin", None),
            )
            return Str(value, origin) if isinstance(value, str) else HoledText(value.parts, origin)
        if value.__class__ is Assumed and isinstance(value.value, str | HoledText):
            inner = self.named(module, name, value.value, line)
            return Assumed(inner, name=value.name, environment=value.environment)
        if value.__class__ is Union:
            return Union(tuple(self.named(module, name, item, line) for item in value.known), value.rest, value.guards)
        return value

    # Imports.

    def import_(self, name: str, near: Module | None) -> Value:
        """Return a module, run when it is first imported; an outside one as its name."""
        if name in self.modules:
            return self.modules[name]
        if self.library.owns(name):
            return self.external(name)
        parent, _, last = name.rpartition(".")
        if parent:
            above = self.import_(parent, near)
            if isinstance(above, External):
                if self.find(name, self._file(near)) is None:
                    return self.external(name)
                self._namespace(parent)
            if name in self.modules:
                return self.modules[name]
        file = self.find(name, self._file(near))
        if file is None:
            if parent:
                known = self.modules[parent].fields.get(last, ABSENT) if parent in self.modules else ABSENT
                if known is not ABSENT:
                    return known
            return self.external(name)
        found = self.load(file, name)
        if parent in self.modules:
            self.write(self.modules[parent], last, found)
        return found

    def _namespace(self, name: str) -> None:
        """Make the package around a module that is found although its package has no file, and those around it."""
        parent, _, last = name.rpartition(".")
        if parent and parent not in self.modules:
            self._namespace(parent)
        made: Module = self.new(Module, name, "")
        made.package, made.state, made.birth = True, "done", 0
        made.fields["__name__"] = name
        self.modules[name] = made
        if parent:
            self.write(self.modules[parent], last, made)

    def _file(self, near: Module | None) -> ProgramSource | None:
        return self.codes[near.name].file if near is not None and near.name in self.codes else None

    def load(self, file: ProgramSource, name: str, *, main: bool = False) -> Module:
        """Return the module of a file, run with the given name (as `__main__` where it is started)."""
        module: Module = self.new(Module, file.name or name, file.file)
        module.package = file.package
        module.birth = 0
        self.modules[name] = module
        self.modules.setdefault(module.name, module)
        tree = file.tree()
        module.fields["__name__"] = "__main__" if main else name
        module.fields["__file__"] = Opaque("the path of a module", name="file", kind="str")
        module.fields["__doc__"] = None
        if tree is None:
            module.state = "broken"
            return module
        code = self.codes.get(module.name)
        if code is None or code.file is not file:
            code = Code(tree, "module", "", file, None)
            self.codes[module.name] = code
        if name != module.name:
            self.codes[name] = code
        frame = self.frame(code, module, None)
        frame.fields = module.fields
        module.state = "running"
        arms, tries, assumed, conditions = self.arms, self.tries, self.assumed, self.conditions
        catching, passed = self.catching, self.passed
        self.arms = self.tries = self.catching = 0
        self.assumed, self.conditions = {}, ()
        try:
            self.running(frame, lambda: body(code)(frame))
        finally:
            self.arms, self.tries, self.assumed, self.conditions = arms, tries, assumed, conditions
            self.catching, self.passed = catching, passed
        module.state = "done"
        return module

    def absolute(self, module: Module, level: int, name: str) -> str:
        """Return the dotted name that a relative import means."""
        if not level:
            return name
        parts = module.name.split(".") if module.name else []
        drop = level - 1 if module.package else level
        kept = parts[: len(parts) - drop] if drop else parts
        return ".".join([*kept, *([name] if name else [])])

    def import_name(self, module: str, name: str, near: Module) -> Value:
        """Return what `from module import name` gives."""
        found = self.import_(module, near) if module else External("")
        if isinstance(found, Module):
            value = found.fields.get(name, ABSENT)
            if value is not ABSENT:
                return value
            inner = self.submodule(found, name)
            if inner is not None:
                return inner
            self.fails()
            return attributes.of_module(self, found, name)
        if isinstance(found, External):
            return self.external(f"{found.path}.{name}" if found.path else name)
        return self.attribute(found, name, self.place)

    def submodule(self, module: Module, name: str) -> Module | None:
        """Return a module inside a package, imported where it exists."""
        if not module.package:
            return None
        dotted = f"{module.name}.{name}"
        if dotted in self.modules:
            return self.modules[dotted]
        file = self.find(dotted, self._file(module))
        if file is None:
            return None
        found = self.load(file, dotted)
        self.write(module, name, found)
        return found

    def import_all(self, module: str, f: Activation) -> None:
        """Give a frame all public names of a module."""
        found = self.import_(module, f.module)
        if not isinstance(found, Module):
            return
        listed = found.fields.get("__all__", ABSENT)
        names = (
            [item for item, _ in items.listed(self, listed, None) if isinstance(item, str)]
            if listed is not ABSENT
            else [name for name in found.fields if isinstance(name, str) and not name.startswith("_")]
        )
        for name in names:
            value = found.fields.get(name, ABSENT)
            if value is ABSENT:
                value = self.submodule(found, name) or ABSENT
            if value is not ABSENT:
                self.write(f if f.code.kind != "module" else f.module, name, value)

    # What is outside of the program.

    def outside_attribute(self, base: External, owner: Instance, name: str, at: CallSite) -> Value:
        """Return what an outside class has under a name, bound to an object; ABSENT where nothing is known of it."""
        known = self.library.classes.get(base.path)
        if known is None:
            return ABSENT
        if name in known.methods:
            return Bound(Native(f"{base.path}.{name}", known.methods[name]), owner)
        return known.attribute(self, owner, name, at) if known.attribute is not None else ABSENT

    def outside_class_attribute(self, base: External, cls: Class, name: str, at: CallSite) -> Value:
        """Return what an outside class has under a name, taken from a class that derives from it."""
        known = self.library.classes.get(base.path)
        if known is None:
            return ABSENT
        if name in known.class_methods:
            return Bound(Native(f"{base.path}.{name}", known.class_methods[name]), cls)
        if name in known.methods:
            return Native(f"{base.path}.{name}", known.methods[name])
        return known.class_attribute(self, cls, name, at) if known.class_attribute is not None else ABSENT

    def outside_set(self, owner: Instance, name: str, value: Value, at: CallSite) -> bool:
        """Tell an outside class that an attribute is written; whether it takes care of it."""
        known = self.outside_of(owner)
        return known is not None and known.setter is not None and known.setter(self, owner, name, value, at)

    def bound_outside(self, value: Instance, owner: Value) -> Value:
        """Return a descriptor of a library as an object has it."""
        known = self.outside_of(value)
        return known.bound(self, value, owner) if known is not None and known.bound is not None else value

    def is_known(self, base: External) -> bool:
        """Say whether an outside class has a row."""
        return base.path in self.library.classes or base.path.startswith("builtins.")

    def derives(self, cls: Value, wanted: External) -> bool:
        """Say whether a class derives from an outside one, through the bases that rows tell of, too."""
        pending = (
            [base.path for base in cls.mro if isinstance(base, External)] if isinstance(cls, Class) else [cls.path]
        )
        done: set[str] = set()
        while pending:
            path = pending.pop()
            if path == wanted.path:
                return True
            if path not in done:
                done.add(path)
                pending.extend(own_bases(path))
                known = self.library.classes.get(path)
                pending.extend(known.bases if known is not None else ())
        return False

    def call_outside(self, callee: External, arguments: list[Value], named: dict[str, Value], at: CallSite) -> Value:
        """Return what calling something outside gives: what its row says, an object of a class, or an unknown value."""
        run = self.library.functions.get(callee.path)
        if run is not None:
            return run(self, arguments, named, at)
        known = self.library.classes.get(callee.path)
        if known is not None:
            if known.made is not None:
                return known.made(self, callee, arguments, named, at)
            made = self.bare(callee, at)
            if known.init is not None:
                known.init(self, made, arguments, named, at)
            return made
        self.fails()
        self.escaping([*arguments, *named.values()], at)
        if callee.name[:1].isupper():
            made = self.bare(callee, at)
            made.fields.update({name: value for name, value in named.items() if name != "**"})
            made.extra = (tuple(arguments), dict(named))
            return made
        return Opaque(f"the result of {callee.path}()", name=callee.name)

    def external_item(self, owner: External, index: Value, at: CallSite) -> Value:
        """Return `outside[...]`: a generic class stays what it is; `os.environ[...]` and the like have rows."""
        run = self.library.functions.get(f"{owner.path}.__getitem__")
        return run(self, [index], {}, at) if run is not None else owner

    def call_unknown(self, callee: Value, arguments: list[Value], named: dict[str, Value], at: CallSite) -> Value:
        """Return what calling something unknown gives; functions handed to it may be called by it."""
        self.fails()
        self.escaping([*arguments, *named.values()], at)
        for hook in self.library.unknown_calls:
            hook(self, callee, arguments, named, at)
        if callee.__class__ is Received or callee.__class__ is Beyond:
            return callee if callee.__class__ is Beyond else Opaque("the result of something received")
        name = getattr(callee, "name", "")
        return Opaque(f"the result of {name or 'something not known'}()", name=name, environment="")

    def call_instance(
        self, callee: Instance, arguments: list[Value], named: dict[str, Value], at: CallSite, f: Activation | None
    ) -> Value:
        """Return what calling an object gives."""
        if isinstance(callee.cls, Class):
            func = self.class_attribute(callee.cls, "__call__")
            if func is not ABSENT:
                return self.call(func, [callee, *arguments], named, at, f)
        known = self.outside_of(callee)
        if known is not None and known.called is not None:
            return known.called(self, callee, arguments, named, at)
        return self.call_unknown(Opaque(f"an object of {callee.cls.name}", name=callee.cls.name), arguments, named, at)

    def escaping(self, values: list[Value], at: CallSite) -> None:
        """Keep functions that are handed to code nobody reads: they may be called from there."""
        for value in values:
            for item in each(value):
                if isinstance(item, (Func, Bound)) and (not isinstance(item, Bound) or isinstance(item.func, Func)):
                    name = item.key if isinstance(item, Bound) else item
                    if name not in self.escapes:
                        self.escapes.add(name)
                        self.escaped.append((item, at))
                elif (
                    isinstance(item, Instance)
                    and (known := self.outside_of(item)) is not None
                    and known.inner is not None
                ):
                    self.escaping([known.inner(self, item)], at)

    def decorated(self, decorator: Value, made: Value, at: CallSite, f: Activation) -> Value:
        """Return a function or class behind a decorator; one that nobody reads leaves it as it is."""
        if isinstance(decorator, (Func, Native, Class, Bound)):
            found = self.call(decorator, [made], {}, at, f)
            return made if found.__class__ is Opaque else found
        if isinstance(decorator, External):
            if decorator.path in self.library.functions or decorator.path in self.library.classes:
                return self.call(decorator, [made], {}, at, f)
        elif isinstance(decorator, Instance):
            found = self.call_instance(decorator, [made], {}, at, f)
            return made if found.__class__ is Opaque else found
        self.escaping([made], at)
        return made

    def callable_(self, value: Value) -> bool | None:
        """Say whether a value can be called."""
        if isinstance(value, (Func, Bound, Native, Class)):
            return True
        if isinstance(value, Instance) and isinstance(value.cls, Class):
            return self.class_attribute(value.cls, "__call__") is not ABSENT
        if value is None or isinstance(value, (str, int, float, bytes, HoledText, Tup)):
            return False
        return None

    # What Python does through special methods.

    def special(self, owner: Instance, name: str, arguments: list[Value], at: CallSite | None) -> Value:
        """Return what a special method of an object gives."""
        place = at or self.place
        if isinstance(owner.cls, Class):
            func = self.class_attribute(owner.cls, name)
            if func is not ABSENT:
                return self.call(func, [owner, *arguments], {}, place)
        known = self.outside_of(owner)
        if known is not None and name in known.methods:
            return known.methods[name](self, [owner, *arguments], {}, place)
        self.fails()
        label = arguments[0] if arguments and isinstance(arguments[0], str) else ""
        return Opaque(f"{name} of {owner.cls.name}", name=label)

    def operate(self, name: str, a: Value, b: Value, at: CallSite) -> Value:
        """Return what an operator with an object gives; ABSENT where the object says nothing of it."""
        for owner, method, other in ((a, f"__{name}__", b), (b, f"__r{name}__", a)):
            if isinstance(owner, Instance):
                if isinstance(owner.cls, Class):
                    func = self.class_attribute(owner.cls, method)
                    if func is not ABSENT:
                        return self.call(func, [owner, other], {}, at)
                known = self.outside_of(owner)
                if known is not None and method in known.methods:
                    return known.methods[method](self, [owner, other], {}, at)
        inner = [
            v.fields.get("_value_", v)
            if isinstance(v, Instance) and isinstance(v.cls, Class) and self.members_of(v.cls) is not None
            else v
            for v in (a, b)
        ]
        if inner[0] is not a or inner[1] is not b:
            kind = next(k for k, n in operators.NAMES.items() if n == name)
            return operators.binary(self, kind, inner[0], inner[1], at, ("", ""))
        return ABSENT

    def loop_over(self, owner: Instance, body: Callable[[Value, bool | None], bool], at: CallSite | None) -> bool:
        """Loop over an object: its row's elements, what `__iter__` gives, or one unknown element."""
        known = self.outside_of(owner)
        if known is not None and known.loop is not None:
            return known.loop(self, owner, body, at)
        if isinstance(owner.cls, Class):
            for name in ("__iter__", "__aiter__"):
                func = self.class_attribute(owner.cls, name)
                if func is not ABSENT:
                    found = (
                        self.awaited(self.call(func, [owner], {}, at or self.place), self.place)
                        if name == "__aiter__" and isinstance(func, Func) and not func.code.is_generator
                        else self.call(func, [owner], {}, at or self.place)
                    )
                    if found is not owner:
                        return items.each(self, found, body, at)
                    step = self.class_attribute(owner.cls, "__next__" if name == "__iter__" else "__anext__")
                    if step is not ABSENT:
                        value = self.call(step, [owner], {}, at or self.place)
                        return body(self.awaited(value, self.place), False)
        return body(Opaque(f"an element of {owner.cls.name}"), False)

    def looping(self, source: Value, body: Callable[[Value, bool | None], bool], at: CallSite, f: Activation) -> bool:
        """Run a `for` loop's rounds over a value; whether every path left the loop."""
        return items.each(self, source, body, at)

    def await_instance(self, value: Instance, at: CallSite) -> Value:
        """Return what awaiting an object gives."""
        known = self.outside_of(value)
        if known is not None and known.awaited is not None:
            return known.awaited(self, value, at)
        if isinstance(value.cls, Class):
            func = self.class_attribute(value.cls, "__await__")
            if func is not ABSENT:
                found = self.call(func, [value], {}, at)
                if isinstance(found, Deferred) and found.kind == "generator":
                    self.consume(found, lambda v, c: False)
                    return found.result
                return found
        return value

    def fields_of(self, value: Value) -> dict[str, Value] | None:
        """Return the fields of a model object as a dump has them; None for anything else."""
        if isinstance(value, Instance) and isinstance(value.cls, Class):
            named = self.annotations_of(value.cls)
            return {name: value.fields[name] for name in named if name in value.fields} or dict(value.fields)
        return None

    def argument(self, func: Func, name: str) -> Value:
        """Return what a parameter is that no caller passes."""
        if self.library.argument is not None and self.assuming:
            found = self.library.argument(self, func, name)
            if found is not ABSENT:
                return found
        return Opaque(f"no call in sight passes {name} to {func.code.qualname}()", name=name)

    # Tasks, and what happens while the program waits.

    # Begin.

    def run_module(self, file: ProgramSource, name: str, *, main: bool) -> Module:
        """Run a file as a program, or import it."""
        if not main and name in self.modules:
            return self.modules[name]
        return self.load(file, name, main=main)
