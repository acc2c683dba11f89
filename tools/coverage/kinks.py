"""Moves a network's shifts so that no activation has its kink where one of its inputs lies.

A ReLU has no gradient at 0, and of millions of inputs a few lie so close to it that rounding decides their sign: then
the gradient in single and in double precision differ by percents, whoever computes it. Hardswish, Hardsigmoid and
whatever else clamps have such points too. What goes in there comes out of a norm layer or a convolution with a shift for
every channel, and moving that by a thousandth of a standard deviation leaves a gap around the kink.
"""

import dataclasses

import torch
from torch.nn import functional
from torch.overrides import TorchFunctionMode

# Half of the gap around a kink, in standard deviations of what goes in. Rounding is a millionth in the first layers and
# may be a thousandth in the last, as random networks amplify it.
MARGIN = 3e-3

# How far a shift is moved at most, likewise. Where no gap is wide enough up to there, as in large maps, the widest is
# taken.
REACH = 0.1

# A shift that serves two activations needs more than one pass, and so does one that moves the gate behind it.
PASSES = 3

# Where layers have their shift, by the position of the argument, and which axis of the output it is along.
SHIFTED = {
    functional.batch_norm: (4, 1),
    functional.conv1d: (2, 1),
    functional.conv2d: (2, 1),
    functional.group_norm: (3, 1),
    functional.layer_norm: (3, -1),
    functional.linear: (2, -1),
}

KINKS = {
    functional.relu: (0,),
    functional.relu_: (0,),
    functional.leaky_relu: (0,),
    functional.prelu: (0,),
    functional.relu6: (0, 6),
    functional.hardtanh: (-1, 1),
    functional.hardswish: (-3, 3),
    functional.hardsigmoid: (-3, 3),
    torch.relu: (0,),
    torch.relu_: (0,),
    torch.Tensor.relu: (0,),
    torch.Tensor.relu_: (0,),
}

SUMS = {torch.add, torch.Tensor.add, torch.Tensor.add_, torch.Tensor.__add__, torch.Tensor.__radd__, torch.Tensor.__iadd__}

PRODUCTS = {torch.mul, torch.Tensor.mul, torch.Tensor.mul_, torch.Tensor.__mul__, torch.Tensor.__rmul__, torch.Tensor.__imul__}

# What hands on the tensor itself; whatever else does so has changed it in place.
PASSING = {functional.dropout, torch.Tensor.contiguous, torch.Tensor.to, torch.Tensor.float}


def clear(network, inputs):
    """Moves the network's shifts for the given inputs."""
    for _ in range(PASSES):
        with torch.no_grad(), Clearing(network):
            network(*inputs.values())


@dataclasses.dataclass
class Shift:
    """What a tensor's channels can be moved by: the tensor is the factor times something with this bias along the axis.

    The factor is a number, or positive gates for every sample and channel.
    """

    bias: torch.Tensor
    axis: int
    factor: object = 1.0


class Clearing(TorchFunctionMode):
    """While it is entered, every shift in front of a kink is moved before its output gets there."""

    def __init__(self, network):
        super().__init__()
        self.parameters = {id(parameter) for parameter in network.parameters()}

    def __torch_function__(self, function, types, arguments=(), options=None):
        options = options or {}
        if function in KINKS and hasattr(arguments[0], "shift"):
            move(arguments[0], kinks_of(function, arguments, options))
        output = function(*arguments, **options)
        shift = self.shift(function, arguments, options, output)
        if shift is not None:
            output.shift = shift
        elif function not in PASSING and hasattr(output, "shift"):
            del output.shift
        return output

    def shift(self, function, arguments, options, output):
        if function in SHIFTED:
            position, axis = SHIFTED[function]
            bias = options.get("bias", arguments[position] if len(arguments) > position else None)
            return Shift(bias, axis) if id(bias) in self.parameters else None
        if function not in SUMS | PRODUCTS:
            return None
        # Of a branch and what it is added to, any that has a shift of its own.
        shifted = [term for term in arguments if hasattr(term, "shift") and term.shape == output.shape]
        if not shifted or function in SUMS:
            return shifted[0].shift if shifted else None
        factor = arguments[1] if shifted[0] is arguments[0] else arguments[0]
        number = not isinstance(factor, torch.Tensor)
        if number or factor.shape[:2] == output.shape[:2] and factor.numel() == factor.shape[:2].numel():
            return dataclasses.replace(shifted[0].shift, factor=shifted[0].shift.factor * factor)
        return None


def move(tensor, kinks):
    """Moves the shift of a tensor, and the tensor with it."""
    shift = tensor.shift
    raw = tensor / shift.factor
    # What would put some value onto a kink.
    onto = [kink / shift.factor - raw for kink in kinks]
    found = shifts(torch.cat([distance.movedim(shift.axis, 0).flatten(1) for distance in onto], 1), float(raw.std()))
    shift.bias.add_(found)
    shape = [1] * tensor.dim()
    shape[shift.axis] = -1
    tensor.add_(found.view(shape) * shift.factor)


def kinks_of(function, arguments, options):
    if function is not functional.hardtanh:
        return KINKS[function]
    bounds = [*arguments[1:3], *KINKS[function][len(arguments) - 1 :]]
    return options.get("min_val", bounds[0]), options.get("max_val", bounds[1])


def shifts(onto, deviation):
    """For every row, a number that keeps away from all of the row's: as small as can be, and 0 where none is near."""
    margin, reach = MARGIN * deviation, REACH * deviation
    far = torch.full((len(onto), 1), 1e9 * max(deviation, 1e-9))
    onto = torch.cat([-far, onto, far], 1).sort(1).values
    low, high = onto[:, :-1], onto[:, 1:]
    middle, room = (low + high) / 2, high - low
    least = torch.minimum(torch.maximum(torch.zeros_like(low), low + margin), high - margin)
    cost = torch.where((room >= 2 * margin) & (least.abs() <= reach), least.abs(), torch.inf)
    cheapest = cost.argmin(1, keepdim=True)
    widest = torch.where(middle.abs() <= reach, room, -1).argmax(1, keepdim=True)
    fallback = torch.where(middle.gather(1, widest).abs() <= reach, middle.gather(1, widest), 0)
    return torch.where(cost.gather(1, cheapest).isfinite(), least.gather(1, cheapest), fallback)[:, 0]
