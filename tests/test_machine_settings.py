"""Settings on the machine: a default holds unless the environment, a file or the command line says otherwise."""

from __future__ import annotations

import argparse
import configparser
from typing import Any

import pytest
from support.machine_rows import emitted

ENVIRONMENT: list[tuple[str, Any]] = [
    ("os.environ['TOPIC']", "?topic:TOPIC/str"),
    ("os.getenv('A')", "?a:A/str"),
    ("os.getenv('A', 'x/y')", "a:A='x/y'"),
    ("getenv('A', default='x')", "a:A='x'"),
    ("environ.get('B', '')", "?b:B/str"),
    ("environ.get('B', None)", "?b:B/str"),
    ("os.environ.get('A', os.environ.get('B', 'x'))", "a:A='x'"),
    ("int(os.getenv('PORT', '1883'))", "port:PORT=1883"),
    ("os.getenv('A', 'x').upper()", "a:A='X'"),
    ("f\"{os.getenv('BASE', 'b')}/x\"", "{base}/x"),
    ("os.getenv('A', unknown)", "?a:A/str"),
    ("os.environ.setdefault('SET', 'v') and os.environ['SET']", "set:SET='v'"),
    ("'X' in os.environ", "?/bool"),
    ("config('NAME', default='d')", "name:NAME='d'"),
    ("config('PORT', cast=int, default='5')", "port:PORT=5"),
    ("config('NONE')", "?none:NONE"),
    ("config('LIST', default='a,b', cast=Csv())", ["list:LIST='a'", "list:LIST='b'"]),
    ("Env().str('E', 'e')", "e:E='e'"),
    ("Env()('E', default='e')", "e:E='e'"),
    ("Env().str('E')", "?e:E/str"),
    ("Env().int('E', '3')", "e:E=3"),
    ("Env().bool('E', 'true')", "e:E=True"),
    ("Env().list('TOPICS', 'a,b')", ["topic:TOPICS='a'", "topic:TOPICS='b'"]),
    ("Env().list('TOPICS')", ["*", "?topic:TOPICS/str"]),
    ("json.loads(os.getenv('MAP', '{\"a\": [1, \"\"]}'))", {"a": ["a:MAP=1", "?a:MAP/str"]}),
]


@pytest.mark.parametrize(("expression", "expected"), ENVIRONMENT)
def test_a_variable_of_the_environment_is_its_default_unless_set(expression: str, expected: Any) -> None:
    """A variable with a default is assumed to have it; without one, or with an empty one, it is unknown."""
    before = (
        "import json, os\nfrom os import environ, getenv\nfrom decouple import Csv, config\nfrom environs import Env\n"
    )
    assert emitted(f"{before}emit({expression})") == [expected]


def test_a_prefix_holds_inside_of_its_block() -> None:
    """`env.prefixed` names the variables inside of its block, nested ones one behind the other, and no others."""
    program = """
        from environs import Env
        env = Env()
        with env.prefixed("APP_"):
            with env.prefixed("MQTT_"):
                emit(env.str("TOPIC", "t"))
            emit(env.str("TOPIC", "t"))
        emit(env.str("TOPIC", "t"))
    """
    assert emitted(program) == ["app_mqtt_topic:APP_MQTT_TOPIC='t'", "app_topic:APP_TOPIC='t'", "topic:TOPIC='t'"]


def test_an_env_file_gives_defaults() -> None:
    """What a `.env` file says is the default of a variable once it is loaded."""
    program = """
        import os
        from dotenv import dotenv_values, load_dotenv
        emit(os.getenv("A", "before"))
        load_dotenv()
        emit(os.getenv("A", "after"), os.environ["B"], dotenv_values()["B"], dotenv_values("none.env"))
    """
    text = "# A comment\nexport A='in/file'\nB=b # said so\n"
    assert emitted(program, {".env": text}) == ["a:A='before'", ("a:A='in/file'", "b:B='b'", "b:B='b'", "?settings")]


SETTINGS = """
from pydantic import BaseModel, Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
class Sub(BaseModel):
    host: str = "localhost"
    port: int = 1
"""
CLASSES: list[tuple[str, str, Any]] = [
    ("", "field: str = 'a/b'", "field:APP_FIELD='a/b'"),
    ("", "field: str = ''", "?field:APP_FIELD/str"),
    ("", "field: str | None = None", "?field:APP_FIELD/str"),
    ("", "field: int", "?field:APP_FIELD/int"),
    ("", "field: bool = False", "field:APP_FIELD=False"),
    ("", "field: str = Field('q', validation_alias='OTHER')", "field:OTHER='q'"),
    ("", "field: list[str] = ['a', 'b']", "field:APP_FIELD=['a', 'b']"),
    ("", "field: Sub = Sub()", ("Sub", {"host": "localhost", "port": 1})),
    ("", "field: Sub", ("Sub", {"host": "localhost", "port": 1})),
    (
        ", env_nested_delimiter='__'",
        "field: Sub = Field(default_factory=Sub)",
        ("Sub", {"host": "host:APP_FIELD__HOST='localhost'", "port": "port:APP_FIELD__PORT=1"}),
    ),
    (", env_file='s.env'", "field: int = 1", "field:APP_FIELD=5"),
]


@pytest.mark.parametrize(("config", "field", "expected"), CLASSES)
def test_fields_of_settings_are_defaults_unless_set(config: str, field: str, expected: Any) -> None:
    """A field of a settings class is its default under the variable of its name or alias; without one it is unknown."""
    program = f"""{SETTINGS}
class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="app_"{config})
    {field}
emit(Settings().field)
"""
    assert emitted(program, {"s.env": "app_field=5"}) == [expected]


def test_settings_are_also_what_is_passed_and_checked() -> None:
    """A field that is passed is that; validators run on defaults; the older form of configuration counts too."""
    program = f"""{SETTINGS}
class Settings(BaseSettings):
    base: str = "a/"
    class Config:
        env_prefix = "OLD_"
    @field_validator("base")
    @classmethod
    def strip(cls, value): return value.rstrip("/")
    @property
    def topic(self): return f"{{self.base}}/x"
emit(Settings().base, Settings(base="b/").base, Settings().topic, Settings(base="b/").topic)
class Below(Settings):
    more: str = "m"
emit(Below().more, Below().model_dump()["more"])
"""
    assert emitted(program) == [
        ("base:OLD_BASE='a'", "b", "{base}/x", "b/x"),
        ("more:OLD_MORE='m'", "more:OLD_MORE='m'"),
    ]


ARGUMENTS: list[tuple[str, str, Any]] = [
    ('"--mqtt-host", default="localhost", help="x"', "mqtt_host", "mqtt_host='localhost'"),
    ('"-p", "--port", type=int, default="1883"', "port", "port=1883"),
    ('"-q"', "q", "?q/str"),
    ('"--n", type=int', "n", "?n/int"),
    ('"--verbose", action="store_true"', "verbose", "verbose=False"),
    ('"--no", dest="yes", action="store_false"', "yes", "yes=True"),
    ('"-v", action="count", default=0', "v", "v=0"),
    ('"--sites", action="append"', "sites", ["*", "?site/str"]),
    ('"names", nargs="+"', "names", ["*", "?name/str"]),
    ('"topic"', "topic", "?topic/str"),
    ('"--empty", default=""', "empty", "?empty/str"),
    ('"--mode", choices=["a", "b"]', "mode", {"any of": ["a", "b"]}),
    ('"--mode", choices=["a", "b"], default="a"', "mode", "mode='a'"),
    ('"--e", default=os.environ.get("ENV", "d")', "e", "e:ENV='d'"),
    ('"--f", default=unknown', "f", "?thing"),
]


@pytest.mark.parametrize(("argument", "name", "expected"), ARGUMENTS)
def test_an_argument_is_its_default_unless_given(argument: str, name: str, expected: Any) -> None:
    """What `add_argument` says becomes the value under its name, also in a group."""
    for group in ("", ".add_argument_group('g')"):
        made = f"import argparse, os\np = argparse.ArgumentParser()\np{group}.add_argument({argument})\n"
        assert emitted(f"{made}emit(p.parse_args().{name})") == [expected]


@pytest.mark.parametrize("flags", [["--a-b"], ["-x"], ["-x", "--long-one"], ["--first", "--second"], ["place"]])
def test_arguments_are_named_as_by_argparse(flags: list[str]) -> None:
    """The name of an argument's value is the one that argparse itself gives it."""
    parser = argparse.ArgumentParser()
    action = parser.add_argument(*flags)
    made = f"import argparse\np = argparse.ArgumentParser()\np.add_argument(*{flags!r}, default='d')\n"
    assert emitted(made + "emit(vars(p.parse_args()))") == [{action.dest: f"{action.dest}='d'"}]


def test_what_belongs_to_a_subcommand_stays_together() -> None:
    """The function, the name and the arguments of a subcommand are seen together, never those of another."""
    program = """
        import argparse
        def one(args): emit("one", args.a, args.command)
        def two(args): emit("two", args.b, args.command, args.host)
        parser = argparse.ArgumentParser()
        parser.add_argument("--host", default="h")
        commands = parser.add_subparsers(dest="command")
        first = commands.add_parser("c1")
        first.add_argument("--a", default="x")
        first.set_defaults(func=one)
        second = commands.add_parser("c2")
        second.add_argument("--b", default="y")
        second.set_defaults(func=two)
        args, rest = parser.parse_known_args()
        args.func(args)
    """
    assert emitted(program) == [("one", "a='x'", "c1"), ("two", "b='y'", "c2", "host='h'")]


def test_a_choice_stays_the_one_that_was_tested() -> None:
    """Where a condition names one of several choices, the value is that choice."""
    program = """
        import argparse
        parser = argparse.ArgumentParser()
        parser.add_argument("mode", choices=["a", "b"])
        args = parser.parse_args()
        topic = f"{args.mode}/x"
        if args.mode == "a":
            emit(args.mode, topic)
    """
    assert emitted(program) == [("a", "a/x")]


COMMANDS: list[tuple[str, list[Any]]] = [
    (
        """
        import click
        @click.command()
        @click.option("--host", "-h", default="lh", envvar="HOST")
        @click.option("--ssl/--no-ssl", default=False)
        @click.option("--mode", type=click.Choice(["a", "b"]))
        @click.option("--count", "number", type=int)
        @click.argument("topic")
        def main(host, ssl, mode, number, topic): emit(host, ssl, mode, number, topic)
        if __name__ == "__main__":
            main()
        """,
        [("host:HOST='lh'", "ssl=False", {"any of": ["a", "b"]}, "?number/int", "?topic")],
    ),
    (
        """
        import click
        @click.group()
        @click.option("--base", default="b")
        @click.pass_context
        def cli(ctx, base): emit("group", base)
        @cli.command()
        @click.option("--x", default="y")
        def first(x): emit("first", x)
        @cli.command("other")
        def second(): emit("second")
        cli()
        """,
        [("group", "base='b'"), ("first", "x='y'"), "second"],
    ),
    (
        """
        from typing import Annotated
        import typer
        app = typer.Typer()
        @app.command()
        def run(
            t: str = typer.Option("dt", envvar="TT"),
            n: int = 3,
            q: str = typer.Argument(...),
            z: Annotated[str, typer.Option(envvar="Z")] = "zz",
        ): emit(t, n, q, z)
        app()
        """,
        [("t:TT='dt'", "n=3", "?q/str", "z:Z='zz'")],
    ),
    (
        "import typer\ndef main(name: str, base: str = 'b'): emit(name, base)\ntyper.run(main)",
        [("?name/str", "base='b'")],
    ),
]


@pytest.mark.parametrize(("program", "expected"), COMMANDS)
def test_commands_run_with_their_options_as_they_are_by_default(program: str, expected: list[Any]) -> None:
    """Calling a command of click or typer runs its function, and each of the commands in it, on its options."""
    assert emitted(program) == expected


FILES = {
    "c.yaml": "topics: [a/b, c]\nmqtt: {host: h, port: 1, empty: ''}\nmap: {x: tx, y: ty}\n",
    "c.json": '{"a": "b"}',
    "c.toml": 'topic = "tt"\n[sub]\nx = 1\n',
    "c.ini": "[DEFAULT]\nshared = s\n[mqtt]\ntopic = ${x}/b\nport = 1\nflag = yes\n",
    "bad.yaml": "a: !secret x\n",
}
DOCUMENTS: list[tuple[str, list[Any]]] = [
    ("emit(yaml.safe_load(open('c.yaml'))['topics'])", [["topic='a/b'", "topic='c'"]]),
    ("with open('c.yaml') as f: c = yaml.load(f, Loader=yaml.SafeLoader)\nemit(c['mqtt'])",
     [{"host": "host='h'", "port": "port=1", "empty": "?empty/str"}]),
    ("for k, v in yaml.safe_load(open('c.yaml').read())['map'].items(): emit(k, v)",
     [("x", "x='tx'"), ("y", "y='ty'")]),
    ("emit(YAML(typ='safe').load(open('c.yaml'))['map']['x'])", ["x='tx'"]),
    ("emit(json.load(open('c.json')))", [{"a": "a='b'"}]),
    ("emit(tomllib.load(open('c.toml', 'rb')))", [{"topic": "topic='tt'", "sub": {"x": "x=1"}}]),
    ("emit(yaml.safe_load(open(os.getenv('FILE', 'c.json'))))", [{"a": "a='b'"}]),
    ("emit(yaml.safe_load(open('none.yaml')))", ["?"]),
    ("emit(yaml.safe_load(open('none.yaml'))['topic'])", ["?topic"]),
    ("emit(yaml.safe_load(open('bad.yaml')))", ["?"]),
    ("try:\n    open('c.yaml')\nexcept OSError:\n    emit('none')", ["none"]),
    ("s = Dynaconf(settings_files=['c.toml'])\nemit(s.topic, s.TOPIC, s['topic'], s.get('sub.x'))",
     [("topic='tt'", "topic='tt'", "topic='tt'", "x=1")]),
    ("s = Dynaconf(settings_files=['c.toml'], envvar_prefix='APP')\nemit(s.other, s.get('nope', 'd'))",
     [("?other:APP_OTHER", "nope:APP_NOPE='d'")]),
    ("emit(SimpleNamespace(a=1).a, argparse.Namespace(x=2).x, SimpleNamespace(**data).y)",
     [(1, 2, "<message.y as json>")]),
]  # fmt: skip


@pytest.mark.parametrize(("program", "expected"), DOCUMENTS)
def test_values_of_a_file_hold_unless_it_is_changed(program: str, expected: list[Any]) -> None:
    """A file that the machine can read gives settings named by their keys; any other is unknown."""
    before = (
        "import argparse, json, os, tomllib, yaml\nfrom types import SimpleNamespace\n"
        "from dynaconf import Dynaconf\nfrom ruamel.yaml import YAML\n"
    )
    assert emitted(before + program, FILES) == expected


OPTIONS: list[tuple[str, Any]] = [
    ("c['mqtt']['shared']", "shared='s'"),
    ("c.getint('mqtt', 'port')", "port=1"),
    ("c['mqtt'].getint('port')", "port=1"),
    ("c.get('mqtt', 'none', fallback='fb')", "none='fb'"),
    ("c.get('none', 'way')", "?way/str"),
    ("c['mqtt'].get('none', 'd')", "none='d'"),
    ("c.sections()", ["mqtt"]),
    ("[s for s in c.sections()]", ["mqtt"]),
    ("c.has_section('mqtt')", True),
    ("c.has_section('none')", False),
    ("c.get('mqtt', 'topic', raw=True)", "topic='${x}/b'"),
]


@pytest.mark.parametrize(("expression", "expected"), OPTIONS)
def test_an_option_is_what_its_file_says(expression: str, expected: Any) -> None:
    """A parser that read a file of the program knows its options; else the fallback counts."""
    program = f"import configparser\nc = configparser.ConfigParser()\nc.read('c.ini')\nemit({expression})"
    assert emitted(program, FILES) == [expected]


def test_options_are_found_as_by_configparser() -> None:
    """Options that a program writes itself, case and defaults included, are those that configparser finds."""
    text = "[A]\nKey = v\n[B]\nother = %(key)s/x\nkey = w\n"
    reader = configparser.ConfigParser()
    reader.read_string(text)
    program = f"import configparser\nc = configparser.ConfigParser()\nc.read_string({text!r})\n"
    assert emitted(program + "emit(c['A']['KEY'], c.get('B', 'other'))") == [
        (f"key={reader['A']['KEY']!r}", f"other={reader.get('B', 'other')!r}")
    ]


def test_a_file_that_is_not_read_may_have_any_section() -> None:
    """Of a file that cannot be read, sections and options are unknown."""
    program = """
        import configparser
        c = configparser.ConfigParser()
        c.read("none.ini")
        emit(c.sections(), c.has_section("x"), c["x"]["y"], c.getint("x", "port", fallback=1883))
    """
    assert emitted(program) == [(["*", "?section/str"], "?/bool", "?y/str", "port=1883")]
