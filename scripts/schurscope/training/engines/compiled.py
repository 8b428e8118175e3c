"""The fused engine's arithmetic, compiled by numba for the processor at hand.

numba keeps what it compiled in __pycache__ and looks at this file alone to see whether it is still right; therefore all
of it stands here. No sum is re-ordered and products add up in the order of their inner index with one rounding a step
(fused multiply-add), so that numbers do not depend on how wide the processor's vectors are.

Matrices here are filled up with zeros to whole tiles: rows to multiples of ROWS, columns to multiples of LANES.
"""

import math

import numpy as np
from llvmlite import binding, ir
from numba import njit
from numba.core import cgutils, types
from numba.extending import intrinsic, overload

ROWS, LANES = 8, 16
WIDE = bool(binding.get_host_cpu_features().get("avx512f"))


def _tile(rows: int, vectors: int, adds: bool):
    """A function tile(a, i, b, j, c, first): c[i : i + rows, j : j + LANES * vectors] = those rows of a @ those
    columns of b, over the inner index from ``first`` on; added to what stands there if it ``adds``.

    The sums stay in ``rows * vectors`` vector registers while the inner index runs. LLVM does not find this form by
    itself, because it cannot know that a, b and c do not overlap.
    """

    @intrinsic
    def tile(_, a, i, b, j, c, first):
        def generate(context, builder, signature, arguments):
            kinds = signature.args
            a, b, c = (context.make_array(kinds[n])(context, builder, arguments[n]) for n in (0, 2, 4))
            i, j = arguments[1], arguments[3]
            index = i.type
            vector = ir.VectorType(context.get_data_type(kinds[4].dtype), LANES)
            lanes = ir.VectorType(ir.IntType(32), LANES)
            multiply_add = cgutils.get_or_insert_function(
                builder.module,
                ir.FunctionType(vector, [vector] * 3),
                f"llvm.fma.v{LANES}f{kinds[4].dtype.bitwidth}",
            )

            def at(n, array, row, column):
                return cgutils.get_item_pointer(context, builder, kinds[n], array, [row, column])

            def places(row, n, array):
                """Pointers to the vectors of one row, from column j on."""
                columns = [builder.add(j, ir.Constant(index, v * LANES)) for v in range(vectors)]
                return [builder.bitcast(at(n, array, row, k), vector.as_pointer()) for k in columns]

            def load(place):
                value = builder.load(place)
                value.align = kinds[4].dtype.bitwidth // 8
                return value

            row = [builder.add(i, ir.Constant(index, r)) for r in range(rows)]
            ends = [place for r in row for place in places(r, 4, c)]
            before = [load(place) if adds else ir.Constant(vector, None) for place in ends]
            sums = [cgutils.alloca_once_value(builder, value) for value in before]
            first = arguments[5]
            depth = builder.sub(cgutils.unpack_tuple(builder, b.shape, 2)[0], first)
            with cgutils.for_range(builder, depth) as inner:
                k = builder.add(inner.index, first)
                right = [load(place) for place in places(k, 2, b)]
                for r in range(rows):
                    left = builder.load(at(0, a, row[r], k))
                    left = builder.insert_element(ir.Constant(vector, ir.Undefined), left, ir.IntType(32)(0))
                    left = builder.shuffle_vector(left, left, ir.Constant(lanes, [0] * LANES))
                    for v in range(vectors):
                        total = sums[r * vectors + v]
                        builder.store(builder.call(multiply_add, [left, right[v], builder.load(total)]), total)
            for total, place in zip(sums, ends, strict=True):
                builder.store(builder.load(total), place).align = kinds[4].dtype.bitwidth // 8
            return context.get_dummy_value()

        return types.void(a, i, b, j, c, first), generate

    return tile


STEP, ACROSS = (8, 2 * LANES) if WIDE else (4, LANES)  # as many sums as the processor has registers for
set_tile, set_narrow_tile = _tile(STEP, ACROSS // LANES, False), _tile(STEP, 1, False)
add_tile, add_narrow_tile = _tile(STEP, ACROSS // LANES, True), _tile(STEP, 1, True)


@njit(error_model="numpy", cache=True)
def set_product(a, b, c, first):
    """c = a[:, first : len(b)] @ b[first:]; c has whole tiles, and the rows of b and c are contiguous."""
    whole = c.shape[1] // ACROSS * ACROSS
    for j in range(0, whole, ACROSS):
        for i in range(0, c.shape[0], STEP):
            set_tile(a, i, b, j, c, first)
    for j in range(whole, c.shape[1], LANES):
        for i in range(0, c.shape[0], STEP):
            set_narrow_tile(a, i, b, j, c, first)


@njit(error_model="numpy", cache=True)
def add_product(a, b, c):
    """c += a[:, : len(b)] @ b, likewise."""
    whole = c.shape[1] // ACROSS * ACROSS
    for j in range(0, whole, ACROSS):
        for i in range(0, c.shape[0], STEP):
            add_tile(a, i, b, j, c, 0)
    for j in range(whole, c.shape[1], LANES):
        for i in range(0, c.shape[0], STEP):
            add_narrow_tile(a, i, b, j, c, 0)


LOG2_E = np.float32(1 / math.log(2))
LN_2_HIGH = np.float32(0.69140625)  # exact with few bits, so that its multiples are exact too
LN_2_LOW = np.float32(math.log(2) - 0.69140625)
ROUND = np.float32(1.5 * 2**23)  # float32 has no bits below 1 there: adding it rounds, and leaves the integer below
SATURATED = np.float32(9.02)  # tanh of it is 1 in float32
TAYLOR = tuple(np.float32(1 / math.factorial(k)) for k in range(8))


@intrinsic
def _tanh_of_lanes(_, h, i, j):
    """h[i, j : j + LANES] becomes its tanh, float32: (e^y - 1) / (e^y + 1), y = 2|x| = n ln 2 + r, by the Taylor series
    of e^r - 1; at most 3 ulp off. As whole vectors, because LLVM makes half as wide ones of a loop on some processors.
    """

    def generate(context, builder, signature, arguments):
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = cgutils.get_item_pointer(context, builder, signature.args[0], array, arguments[1:])
        single, whole = (ir.VectorType(kind, LANES) for kind in (ir.FloatType(), ir.IntType(32)))
        place = builder.bitcast(place, single.as_pointer())
        add, take, times = builder.fadd, builder.fsub, builder.fmul

        def constant(value, kind=single):
            return ir.Constant(kind, [value if kind is whole else float(value)] * LANES)

        def call(name, *values):
            kind = ir.FunctionType(single, [single] * len(values))
            return builder.call(
                cgutils.get_or_insert_function(builder.module, kind, f"llvm.{name}.v{LANES}f32"), values
            )

        x = builder.load(place)
        x.align = 4
        y = call("fabs", x)
        y = builder.select(builder.fcmp_ordered(">", y, constant(SATURATED)), constant(SATURATED), y)
        y = add(y, y)
        m = add(times(y, constant(LOG2_E)), constant(ROUND))
        n = take(m, constant(ROUND))
        r = take(take(y, times(n, constant(LN_2_HIGH))), times(n, constant(LN_2_LOW)))
        p = constant(TAYLOR[7])
        for term in TAYLOR[6:1:-1]:
            p = add(times(p, r), constant(term))
        p = add(times(times(r, r), p), r)
        bits = builder.shl(builder.bitcast(m, whole), constant(23, whole))
        power = builder.bitcast(builder.add(bits, constant(0x3F800000, whole)), single)  # 2^n
        e = add(times(power, p), take(power, constant(1)))
        builder.store(call("copysign", builder.fdiv(e, add(e, constant(2))), x), place).align = 4
        return context.get_dummy_value()

    return types.void(h, i, j), generate


def tanh(h):
    """Each entry of h (row, whole tiles) becomes its tanh, for compiled code."""


@overload(tanh)
def _tanh(h):
    if h.dtype == types.float32:

        def vectors(h):
            for i in range(h.shape[0]):
                for j in range(0, h.shape[1], LANES):
                    _tanh_of_lanes(h, i, j)

        return vectors

    def numbers(h):
        for i in range(h.shape[0]):
            for j in range(h.shape[1]):
                h[i, j] = math.tanh(h[i, j])

    return numbers


TANH, RELU, MODRELU = 0, 1, 2  # cells
MSE, CROSS_ENTROPY = 0, 1  # losses


@njit(error_model="numpy", cache=True)
def activate(h, cell, bias):
    """Each drive in h (row, whole tiles) becomes its unit's state."""
    if cell == TANH:
        tanh(h)
        return
    zero = h.dtype.type(0)
    for i in range(h.shape[0]):
        row = h[i]
        if cell == RELU:
            for j in range(len(row)):
                row[j] = zero if row[j] <= 0 else row[j]  # not a number stays so
        else:
            for j in range(len(bias)):
                size = abs(row[j]) + bias[j]
                row[j] = zero if size <= 0 or row[j] == 0 else math.copysign(size, row[j])


@njit(error_model="numpy", cache=True)
def slopes(d, h, cell, to_bias):
    """dLoss/dh (unit,) becomes dLoss/d(drive), and its part goes to the gradient of modReLU's bias."""
    one, zero = h.dtype.type(1), h.dtype.type(0)
    if cell == TANH:
        for k in range(len(d)):
            d[k] *= one - h[k] * h[k]
    elif cell == RELU:
        for k in range(len(d)):
            d[k] = d[k] if h[k] > 0 else zero
    else:
        for k in range(len(d)):
            if h[k] == 0:
                d[k] = zero
            else:
                to_bias[k] += math.copysign(one, h[k]) * d[k]


@njit(error_model="numpy", cache=True)
def squared_error(e, targets, mask, loss):
    """Outputs e (output,) of a step become errors, 0 where nothing is scored: (loss and their squares, how many)."""
    scored = 0
    for k in range(len(targets)):
        if mask[k]:
            e[k] -= targets[k]
            loss += np.float64(e[k]) ** 2
            scored += 1
        else:
            e[k] = 0
    return loss, scored


@njit(error_model="numpy", cache=True)
def softmax_error(e, targets, mask, loss):
    """The same for cross-entropy: e becomes softmax(e) - target where any channel is scored, else 0."""
    outputs = len(targets)
    if not mask.any():
        e[:outputs] = 0
        return loss, 0
    largest, whole = np.float64(e[:outputs].max()), 0.0
    for k in range(outputs):
        loss -= targets[k] * (e[k] - largest)
        whole += math.exp(e[k] - largest)
    for k in range(outputs):
        e[k] = math.exp(e[k] - largest) / whole - targets[k]
    return loss + math.log(whole), 1


@njit(error_model="numpy", cache=True)
def backpropagate(weights, trials, space, gradient, cell, lowers, carried):
    """The loss, and its gradient where the loss is finite (else ``gradient`` is not touched).

    weights, gradient: (W_hh, W_xh, W_hy, modReLU's bias or nothing, the readout's or nothing); trials: (inputs,
    targets, mask); space: fused.Space; ``cell``, ``lowers``: one of the cells, of the losses above; ``carried``:
    whether the states before the first step, which stand in ``space``, are other than 0.
    """
    W_hh, W_xh, W_hy, bias, b_y = weights
    inputs, targets, mask = trials
    batch, steps, channels = inputs.shape
    width, outputs = len(W_hh), len(W_hy)
    s, e, d, forth, back = space.s, space.e, space.d, space.forth, space.back
    H, D = forth.shape[0] - width, back.shape[0] - width  # where h begins in s, and dLoss/d(argument) in d
    X, E = H - channels, D - outputs  # where x begins, and the error
    G = H - len(space.g_xh)  # and, before x, the rows of its gradient
    forth[X:H, :width], forth[H:, :width], space.read[:, :outputs] = W_xh.T, W_hh.T, W_hy.T
    back[E:D, :width], back[D:, :width] = W_hy, W_hh

    loss, scored = 0.0, 0
    driven, judged = np.zeros(steps, np.bool_), np.zeros(steps, np.bool_)
    for t in range(steps):
        for b in range(batch):
            x = s[t, b, X:]
            for k in range(channels):
                x[k] = inputs[b, t, k]
                driven[t] |= inputs[b, t, k] != 0
        set_product(s[t], forth if t > 0 or carried else forth[:H], s[t + 1, :, H:], X if driven[t] else H)
        activate(s[t + 1, :, H:], cell, bias)
        judged[t] = mask[:, t].any()
        if judged[t]:
            set_product(s[t + 1, :, H:], space.read, e[t], 0)
            for b in range(batch):
                for k in range(len(b_y)):
                    e[t, b, k] += b_y[k]
                if lowers == MSE:
                    loss, count = squared_error(e[t, b], targets[b, t], mask[b, t], loss)
                else:
                    loss, count = softmax_error(e[t, b], targets[b, t], mask[b, t], loss)
                scored += count
    loss = np.float64(s.dtype.type(loss / scored))  # what overflows there has diverged
    if not math.isfinite(loss):
        return loss

    scale = s.dtype.type((2.0 if lowers == MSE else 1.0) / scored)
    G_hh, G_xh, G_hy, G_bias, G_y = gradient
    space.g_hh[:], space.g_xh[:], space.g_hy[:], G_bias[:], G_y[:] = 0, 0, 0, 0, 0
    for t in range(steps - 1, -1, -1):
        now, later = d[t % 2], d[(t + 1) % 2]  # the error of a step stands before what comes back from the next
        if judged[t]:
            for b in range(batch):
                beside = later[b, E:]
                for k in range(outputs):
                    e[t, b, k] *= scale
                    beside[k] = e[t, b, k]
                for k in range(len(G_y)):
                    G_y[k] += e[t, b, k]
            add_product(e[t].T, s[t + 1, :, H:], space.g_hy)
        set_product(later, back if t < steps - 1 else back[:D], now[:, D:], E if judged[t] else D)
        for b in range(batch):
            slopes(now[b, D : D + width], s[t + 1, b, H:], cell, G_bias)
        if t > 0 or carried:
            add_product(now[:, D:].T, s[t, :, H:], space.g_hh)
        if driven[t]:
            add_product(s[t, :, G:H].T, now[:, D:], space.g_xh)

    G_hh[:], G_hy[:] = space.g_hh[:width, :width], space.g_hy[:outputs, :width]
    G_xh[:] = space.g_xh[X - G :, :width].T
    return loss


@njit(error_model="numpy", cache=True)
def clip_gradient(gradient, largest):
    """Scale the gradient to a norm of at most ``largest``, as torch.nn.utils.clip_grad_norm_ does."""
    total = 0.0
    for g in gradient:
        total += np.float64(g) ** 2
    factor = gradient.dtype.type(min(1.0, largest / (math.sqrt(total) + 1e-6)))
    for k in range(len(gradient)):
        gradient[k] *= factor


@njit(error_model="numpy", cache=True)
def draw_to(gradient, values, amount, towards):
    """gradient += amount (values - towards), one amount a parameter."""
    for k in range(len(gradient)):
        gradient[k] += amount[k] * (values[k] - towards[k])


@njit(error_model="numpy", cache=True)
def rmsprop(values, gradient, square, rate, first, size, epsilon):
    """One step of RMSprop (Tieleman & Hinton 2012), in the form of torch.optim.RMSprop; ``rate``: as for ``adam``."""
    for k in range(len(values)):
        g = gradient[k]
        square[k] += first * (g * g - square[k])
        values[k] -= rate[k] * size * g / (np.sqrt(square[k]) + epsilon)


@njit(error_model="numpy", cache=True)
def adam(values, gradient, mean, square, rate, first, second, size, root, epsilon):
    """One step of Adam (Kingma & Ba 2015), in the form of torch.optim.Adam. The numbers have the arrays' dtype.

    ``rate``: of each parameter, over the common one.
    """
    for k in range(len(values)):
        g = gradient[k]
        mean[k] += first * (g - mean[k])
        square[k] += second * (g * g - square[k])
        values[k] -= rate[k] * size * mean[k] / (np.sqrt(square[k]) / root + epsilon)
