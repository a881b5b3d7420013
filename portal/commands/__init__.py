"""The sub-commands, one module each: `configure(parser)` adds the arguments, `run(arguments)` returns the exit code."""
