"""MQTT clients as rows, what the program does to them, and the messages they deliver; knows no Python syntax."""
