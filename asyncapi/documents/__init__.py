"""Documents as JSON data: read and bounded, references and traits followed, secrets masked, parts taken out."""
