"""What the workflow needs around the library: config, plan, digests, locks, resources, progress."""
