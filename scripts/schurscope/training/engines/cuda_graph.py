"""Work that is done again and again with the same arrays: on a GPU captured as a CUDA graph, and replayed."""

import torch

WARM_UP = 3  # calls before the first capture, in which the libraries set themselves up


class Replayed:
    """``work`` (no arguments, no result, the same kernels on the same arrays each time), called as itself.

    ``captured``: whether it may be a graph; its first ``warm_up`` calls are then made as they are, in a stream of their
    own, as PyTorch asks for, and the others are the graph's.
    """

    def __init__(self, work, captured: bool, warm_up: int = WARM_UP):
        self.work, self.warm_up, self.graph = work, warm_up, None
        self.aside = torch.cuda.Stream() if captured else None

    def __call__(self) -> None:
        if self.aside is None:
            self.work()
        elif self.graph is None and self.warm_up:
            self.warm_up -= 1
            self.aside.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(self.aside):
                self.work()
            torch.cuda.current_stream().wait_stream(self.aside)
        else:
            if self.graph is None:
                self.graph = torch.cuda.CUDAGraph()
                with torch.cuda.graph(self.graph, stream=self.aside):
                    self.work()
            self.graph.replay()

    def end(self) -> None:
        """Give back what the graph holds: its arrays are about to change their shapes."""
        if self.graph is not None:
            self.graph.reset()
            self.graph = None
