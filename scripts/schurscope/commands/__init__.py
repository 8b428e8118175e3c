"""The commands of ``schurscope``, a file each, and what they share (command.py)."""
