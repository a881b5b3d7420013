"""Shows what the cooler does, and asks for the mean temperature."""
