"""What everything else stands on: errors, the registry, schemas, random streams."""
