"""What a population of networks says (docs/census.md): one file a question, from the dataset alone."""
