"""The bundled games, each a folder a newcomer can copy."""
