"""Optimisers: from a gradient to a step. One file each, with OPTIMISER, a frozen dataclass of its numbers, and

PROPERTIES     JSON schema of these, each with a default; the learning rate is the config's ``learning_rate``
engines        that know it
TORCH          its class in torch.optim
keywords()     what that class calls the numbers
"""
