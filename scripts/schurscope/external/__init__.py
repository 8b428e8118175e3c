"""Networks and trials from files that Schurscope did not write. Such files are data: nothing in them is executed."""
