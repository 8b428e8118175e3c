"""The config, checked before anything runs."""
