"""Two schemas in; out comes a proof that every value of one meets the other, or a value that does not."""
