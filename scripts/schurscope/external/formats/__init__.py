"""One file format each: ``contents(path, seed)`` yields the Contents of an open file."""
