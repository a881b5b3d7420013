"""Facts of contracts, services and portal.toml in, one answer for each question about each topic out."""
