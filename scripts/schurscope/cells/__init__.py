"""The recurrent cell: a network's arrays, and the forward map."""
