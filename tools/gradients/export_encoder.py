"""Exports a small text encoder of transformers and computes, with PyTorch, the gradients that the ONNX engine must
arrive at.

Writes three files to the output folder:

  model.onnx     the network with a two-class head, as one of PyTorch's exporters writes it
  input.npz      a batch: input_ids and attention_mask, int64 [N, T], where every row but the first ends in padding
  reference.npz  as export_and_reference.py writes it

Weights are random and seeded; scales and shifts of the norm layers are moved away from ones and zeros.
"""

import argparse
import pathlib

import numpy as np
import torch
import transformers

from export_and_reference import EXPORTERS, entropies, norm_layers

VOCABULARY = 120
WIDTH = 32
LAYERS = 3
HEADS = 4

COMMON = {"vocab_size": VOCABULARY, "num_labels": 2, "pad_token_id": 0}
SIZES = {
    "hidden_size": WIDTH,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": HEADS,
    "intermediate_size": 2 * WIDTH,
    "max_position_embeddings": 64,
}
# A small network of each kind: its configuration and the class that has a two-class head.
ARCHITECTURES = {
    "bert": lambda: transformers.BertForSequenceClassification(transformers.BertConfig(**COMMON, **SIZES)),
    "roberta": lambda: transformers.RobertaForSequenceClassification(transformers.RobertaConfig(**COMMON, **SIZES)),
    "distilbert": lambda: transformers.DistilBertForSequenceClassification(
        transformers.DistilBertConfig(
            **COMMON, dim=WIDTH, n_layers=LAYERS, n_heads=HEADS, hidden_dim=2 * WIDTH, max_position_embeddings=64
        )
    ),
    "albert": lambda: transformers.AlbertForSequenceClassification(
        transformers.AlbertConfig(**COMMON, **SIZES, embedding_size=16)
    ),
    "electra": lambda: transformers.ElectraForSequenceClassification(
        transformers.ElectraConfig(**COMMON, **SIZES, embedding_size=16)
    ),
    "modernbert": lambda: transformers.ModernBertForSequenceClassification(
        transformers.ModernBertConfig(
            **COMMON,
            **SIZES,
            bos_token_id=1,
            cls_token_id=1,
            eos_token_id=2,
            sep_token_id=2,
            local_attention=8,
            global_attn_every_n_layers=2,
            classifier_pooling="mean",
        )
    ),
}


def build(architecture, attention):
    """A network with random weights whose gradients are far from vanishing."""
    torch.manual_seed(0)
    network = ARCHITECTURES[architecture]().eval()
    network.set_attn_implementation(attention)
    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.dim() > 1:
                parameter.normal_(0, 1 / parameter.shape[-1] ** 0.5)
        for layer in norm_layers(network).values():
            layer.weight.copy_(1 + 0.1 * torch.randn_like(layer.weight))
            if getattr(layer, "bias", None) is not None:
                layer.bias.copy_(0.1 * torch.randn_like(layer.bias))
    return network


def draw(count, length):
    """Token ids, and a mask that leaves each row one token less than the row before."""
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(3, VOCABULARY, (count, length), generator=generator)
    mask = (torch.arange(length)[None, :] < (length - torch.arange(count))[:, None]).long()
    return {"input_ids": ids * mask, "attention_mask": mask}


def reference(network, inputs):
    """The arrays of reference.npz."""
    parameters = {}
    for path, layer in norm_layers(network).items():
        parameters[f"{path}.weight"] = layer.weight
        if getattr(layer, "bias", None) is not None:
            parameters[f"{path}.bias"] = layer.bias

    def gradient(loss):
        found = torch.autograd.grad(loss, list(parameters.values()), retain_graph=True, allow_unused=True)
        return [torch.zeros_like(p) if g is None else g for p, g in zip(parameters.values(), found)]

    logits = network(**inputs)[0]
    losses = entropies(logits)
    arrays = dict(zip(parameters, gradient(losses.mean())))
    arrays["logits"] = logits
    arrays["sample_gradient_norm"] = torch.stack(
        [torch.cat([g.flatten() for g in gradient(loss)]).norm() for loss in losses]
    )
    return {name: array.detach().numpy() for name, array in arrays.items()}


def export(network, inputs, file, exporter, opset, length):
    """Writes one self-contained file with a batch of any extent and, where length is open, rows of any length."""
    names = list(inputs)
    if exporter == "torchscript":
        axes = {0: "batch"} if length == "fixed" else {0: "batch", 1: "sequence"}
        torch.onnx.export(
            network,
            (inputs,),
            str(file),
            dynamo=False,
            opset_version=opset,
            input_names=names,
            output_names=["logits"],
            dynamic_axes={name: axes for name in names} | {"logits": {0: "batch"}},
            do_constant_folding=False,
        )
    else:
        axes = {0: torch.export.Dim("batch", min=1, max=4096)}
        if length == "open":
            axes[1] = torch.export.Dim("sequence", min=2, max=64)
        torch.onnx.export(
            network,
            (),
            str(file),
            kwargs=inputs,
            dynamo=True,
            opset_version=opset,
            input_names=names,
            output_names=["logits"],
            dynamic_shapes={name: axes for name in names},
            external_data=False,
            optimize=exporter == "dynamo",
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("architecture", choices=ARCHITECTURES)
    parser.add_argument("out", type=pathlib.Path, help="the output folder")
    parser.add_argument("--exporter", choices=EXPORTERS, default="dynamo", help="default: %(default)s")
    parser.add_argument("--opset", type=int, help="default: %s" % ", ".join(f"{k} {v}" for k, v in EXPORTERS.items()))
    parser.add_argument("--length", choices=["fixed", "open"], default="open", help="default: %(default)s")
    parser.add_argument("--tokens", type=int, default=12, help="in a row (default: %(default)s)")
    parser.add_argument("--batch", type=int, default=4, help="samples in the batch (default: %(default)s)")
    parser.add_argument("--attention", choices=["eager", "sdpa"], default="eager", help="default: %(default)s")
    arguments = parser.parse_args()

    torch.set_num_threads(1)
    network = build(arguments.architecture, arguments.attention)
    inputs = draw(arguments.batch, arguments.tokens)
    arguments.out.mkdir(parents=True, exist_ok=True)
    np.savez(arguments.out / "input.npz", **{name: tensor.numpy() for name, tensor in inputs.items()})
    np.savez(arguments.out / "reference.npz", **reference(network, inputs))
    opset = arguments.opset or EXPORTERS[arguments.exporter]
    export(network, inputs, arguments.out / "model.onnx", arguments.exporter, opset, arguments.length)
    print(f"{arguments.architecture}: {len(norm_layers(network))} norm layers, {arguments.exporter}, opset {opset}")


if __name__ == "__main__":
    main()
