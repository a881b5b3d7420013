"""Long-term memory search and the robot's character."""
