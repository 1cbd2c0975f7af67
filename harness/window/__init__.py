"""When a landing was possible."""
