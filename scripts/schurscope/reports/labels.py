"""What things are called where people read them."""

INIT_NAMES = {
    "default": "dense default",
    "orthogonal": "dense orthogonal",
    "normal": "dense normal",
    "cayley": "Cayley",
    "eurnn": "EURNN, tunable",
    "eurnn_fft": "EURNN, FFT",
    "glorot": "dense Glorot",
    "henaff": "dense Henaff",
    "rotation": "rotation (expRNN)",
    "rotation_cayley": "rotation, Cayley angles",
    "rotation_random": "rotation, Haar",
    "triangular": "triangular (nnRNN)",
}
BASES = {  # coordinates of a circuit
    "schur": "Schur, ordered",
    "schur_shuffled": "Schur, blocks shuffled",
    "schur_reversed": "Schur, order reversed",
    "schur_rotated": "Schur, planes turned",
    "principal_components": "principal components",
    "neurons": "neurons",
    "random_orthogonal": "random orthogonal",
}


def init_name(init: str) -> str:
    """A construction's name as the paper writes it."""
    return INIT_NAMES.get(init, init)


def removed_name(removed: str) -> str:
    """A removed set as the figures write it: intact, or −RR −CC."""
    return "intact" if removed == "none" else " ".join(f"−{sector}" for sector in removed.split("+"))
