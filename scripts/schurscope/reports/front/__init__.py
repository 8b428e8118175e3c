"""The front page: what these networks can lose, in three sentences, and the way to everything else."""
