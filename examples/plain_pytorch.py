"""Train a 3-bit flip-flop network in plain PyTorch (no Schurscope), and save it with trials and its outputs on them.

Usage: python examples/plain_pytorch.py [UPDATES], about half a minute with the default of 2,000.
"""

import sys

import numpy as np
import torch


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = torch.nn.RNN(input_size=3, hidden_size=64, batch_first=True)
        self.readout = torch.nn.Linear(64, 3)

    def forward(self, x):
        hidden, _ = self.rnn(x)
        return self.readout(hidden)


def trials(count, steps=30):
    """Pulses of -1 and +1 in each of three channels; the answer is the sign of the last pulse, 0 before the first."""
    pulses = torch.randint(0, 2, (count, steps, 3)) * 2.0 - 1
    inputs = torch.where(torch.rand(count, steps, 3) < 0.1, pulses, 0.0)
    answers, last = [], torch.zeros(count, 3)
    for x in inputs.unbind(dim=1):
        last = torch.where(x != 0, x, last)
        answers.append(last)
    return inputs, torch.stack(answers, dim=1)


torch.manual_seed(1)
updates = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
network = Network()
optimizer = torch.optim.Adam(network.parameters(), lr=2e-3)
for update in range(updates):
    inputs, targets = trials(64)
    loss = torch.mean((network(inputs) - targets) ** 2)
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()
    if update % 200 == 0:
        print(f"update {update}, loss {loss.item():.4f}")

inputs, targets = trials(512)
with torch.no_grad():
    outputs = network(inputs)
torch.save(network.state_dict(), "flipflop.pt")
np.savez("flipflop_trials.npz", inputs=inputs, targets=targets, outputs=outputs)
