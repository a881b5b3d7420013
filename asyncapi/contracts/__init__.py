"""A contracts package in, `Contracts` out: a child process imports it, this side decides what the facts mean."""
