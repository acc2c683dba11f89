"""The networks of the coverage table: one of every timm module, and small encoders of transformers.

Weights are random and seeded. What networks start with at 0, 1 or nearly 0 is moved away from there, so that every path
of the gradient counts; batch norm's statistics are those of random images, moved a little, so that signals neither
vanish nor explode; the classifier is scaled to logits with a standard deviation of 1.5.
"""

import dataclasses

import timm
import torch
from torch import nn

from gradients import logits_of, norm_layers

# Chosen by hand, where the smallest network has no norm layer, or timm cannot build one without memory for weights.
CHOSEN = {"csatv2": "csatv2", "gemma4_vit": "gemma4_vit_167m", "regnet": "regnetx_002", "vgg": "vgg11_bn"}

# The same architecture with fewer blocks or channels, where the smallest network is large.
SHRUNK = {
    "beit": {"depth": 4},
    "gemma4_vit": {"depth": 2},
    "mobilenetv5": {"channel_multiplier": 0.5},
    "naflexvit": {"depth": 4},
    "nasnet": {"num_features": 1056},
    "vgg": {"mlp_ratio": 0.05},
    "vision_transformer_sam": {"depth": 4},
}

# Where the general rule of sizes() does not do: VGG would enlarge a small map to 7x7 by pooling, others lose theirs.
SIZES = {"vgg": [224]}

# What is larger in either way is left for another network of the module, where there is one.
LARGE_INPUT = 256

ENCODERS = ("albert", "bert", "distilbert", "modernbert")
ATTENTIONS = ("eager", "sdpa")


@dataclasses.dataclass
class Case:
    """A network and what draws a random sample of its inputs: tensors by name, with a batch axis of 1."""

    model: str
    network: nn.Module
    draw: callable
    shape: str


def families():
    """Every family of the table: timm's modules, and the encoders by architecture and form of attention."""
    return timm.list_modules() + [f"{name}-{attention}" for name in ENCODERS for attention in ATTENTIONS]


def smallest(module):
    """The name of the module's smallest network by parameters, of those whose images are small."""
    if module in CHOSEN:
        return CHOSEN[module]
    sizes = []
    for name in timm.list_models(module=module):
        # timm's own tests have tiny networks that nobody trains.
        if name.startswith("test_"):
            continue
        try:
            with torch.device("meta"):
                network = timm.create_model(name, pretrained=False)
        except (NotImplementedError, RuntimeError):  # weights that cannot be initialised without memory
            continue
        large = max(network.default_cfg["input_size"]) > LARGE_INPUT
        sizes.append((large, sum(parameter.numel() for parameter in network.parameters()), name))
    return min(sizes)[2]


def sizes(family, configuration, batch_norm):
    """Image sizes to try, best first: small ones take less time and come less often upon a kink."""
    native = configuration["input_size"][-1]
    if family in SIZES:
        return SIZES[family]
    if configuration.get("fixed_input_size"):
        return [size for size in (native // 2, native) if size >= 96]
    least = (configuration.get("min_input_size") or (3, 64, 64))[-1]
    tried = [64, 96, 128, 160, 192, 224, 256, native]
    return [size for size in tried if size >= least and (batch_norm or size >= 96)]


def is_encoder(family):
    return "-" in family


def build(family, model=None):
    """The family's network, by default its smallest, and inputs that it takes."""
    if is_encoder(family):
        return encoder(*family.rsplit("-", 1))
    return vision(family, model or smallest(family))


def vision(family, name):
    errors = []
    shrunk = SHRUNK.get(family, {})
    network = create(name, **shrunk)
    configuration = network.default_cfg
    batch_norm = any(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in network.modules())
    for size in sizes(family, configuration, batch_norm):
        try:
            if configuration.get("fixed_input_size") and size != configuration["input_size"][-1]:
                network = create(name, img_size=size, **shrunk)
            elif errors:
                network = create(name, **shrunk)
            generator = torch.Generator().manual_seed(1)

            def draw():
                return {"image": torch.randn(1, 3, size, size, generator=generator)}

            images = torch.randn(20, 3, size, size, generator=torch.Generator().manual_seed(2))
            move(network, {"image": images[:16]}, {"image": images[16:]})
            return Case(name, network, draw, f"{size}x{size}")
        except Exception as error:  # of any kind: a size that a network does not take fails anywhere in it
            errors.append(f"{size}: {error}")
    raise ValueError("no size does: " + "; ".join(errors))


def create(name, **settings):
    torch.manual_seed(0)
    return timm.create_model(name, pretrained=False, **settings).eval()


def encoder(architecture, attention, length=32, vocabulary=200):
    import transformers

    small = {"vocab_size": vocabulary, "num_labels": 2, "return_dict": False, "attn_implementation": attention}
    common = {
        "hidden_size": 96,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "intermediate_size": 192,
        "max_position_embeddings": 64,
        "pad_token_id": 0,
    }
    special = {"bos_token_id": 1, "eos_token_id": 2, "cls_token_id": 1, "sep_token_id": 2}
    configuration, network_class = {
        "bert": (transformers.BertConfig(**common, **small), transformers.BertForSequenceClassification),
        "distilbert": (
            transformers.DistilBertConfig(
                dim=96, n_layers=4, n_heads=4, hidden_dim=192, max_position_embeddings=64, pad_token_id=0, **small
            ),
            transformers.DistilBertForSequenceClassification,
        ),
        "albert": (
            transformers.AlbertConfig(embedding_size=48, **common, **small),
            transformers.AlbertForSequenceClassification,
        ),
        "modernbert": (
            transformers.ModernBertConfig(
                local_attention=8, global_attn_every_n_layers=2, **common, **small, **special
            ),
            transformers.ModernBertForSequenceClassification,
        ),
    }[architecture]
    if architecture == "modernbert":  # which needs its own output types inside
        configuration.return_dict = True
    torch.manual_seed(0)
    network = network_class(configuration).eval()
    generator = torch.Generator().manual_seed(1)

    def draw():
        ids = torch.randint(3, vocabulary, (1, length), generator=generator)
        padding = int(torch.randint(4, length // 2, (1,), generator=generator))
        mask = torch.ones_like(ids)
        ids[:, -padding:], mask[:, -padding:] = 0, 0
        return {"input_ids": ids, "attention_mask": mask}

    samples = [draw() for _ in range(4)]
    inputs = {name: torch.cat([sample[name] for sample in samples]) for name in samples[0]}
    move(network, inputs, inputs)
    return Case(network_class.__name__, network, draw, f"{length} tokens")


@torch.no_grad()
def move(network, inputs, others):
    """Moves parameters and statistics away from where gradients vanish or paths do not count.

    Statistics are those of the inputs, the scale of the logits is that of others: away from the inputs they grow.
    """
    torch.manual_seed(0)
    norms = norm_layers(network)
    for layer in norms.values():
        # The last norm of a residual branch may start at 0: branches that count, but less, keep deep networks stable.
        center = 0.3 if not layer.weight.any() else 1
        layer.weight.copy_(center + 0.1 * torch.randn_like(layer.weight))
        if getattr(layer, "bias", None) is not None:
            layer.bias.copy_(0.1 * torch.randn_like(layer.bias))
    of_norms = {parameter for layer in norms.values() for parameter in layer.parameters(recurse=False)}
    for name, parameter in network.named_parameters():
        constant = parameter.numel() > 0 and parameter.min() == parameter.max() and parameter.abs().max() <= 0.2
        if parameter in of_norms or not constant:
            continue
        if name.endswith("bias"):
            parameter.normal_(0, 0.1)
        elif parameter.numel() == max(parameter.shape, default=1):  # layer scales, and gains of residual branches
            parameter.normal_(0.5, 0.05)
        else:  # embeddings, tokens, convolutions that start at 0
            parameter.normal_(0, 0.05)
    calibrate(network, inputs)
    scale_logits(network, others)


@torch.no_grad()
def scale_logits(network, inputs):
    """Scales the classifier to logits with a standard deviation of 1.5."""
    logits = logits_of(network(*inputs.values()))
    if not torch.isfinite(logits).all():
        raise ValueError("logits are not finite")
    scale = 1.5 / logits.std(dim=1).mean()
    for name, parameter in classifiers(network):
        parameter.mul_(scale)


def calibrate(network, inputs):
    """Gives every batch norm the statistics of what reaches it, moved a little: layer by layer, as a later one sees what
    the earlier ones have become. All at once, what moved adds up, and attention between them saturates."""

    def measure(layer, arguments):
        values = arguments[0]
        axes = [axis for axis in range(values.dim()) if axis != 1]
        deviation = values.std(axes).clamp(min=1e-2)
        layer.running_mean.copy_(values.mean(axes) + 0.1 * deviation * torch.randn_like(deviation))
        layer.running_var.copy_(deviation**2 * torch.empty_like(deviation).uniform_(0.7, 1.3))

    batch_norms = [module for module in network.modules() if isinstance(module, nn.modules.batchnorm._BatchNorm)]
    handles = [layer.register_forward_pre_hook(measure) for layer in batch_norms]
    network(*inputs.values())
    for handle in handles:
        handle.remove()


def classifiers(network):
    """The parameters of the last linear layers, which give the logits."""
    heads = network.get_classifier() if hasattr(network, "get_classifier") else network.classifier
    heads = heads if isinstance(heads, (tuple, list)) else [heads]
    return [named for head in heads for named in head.named_parameters()]
