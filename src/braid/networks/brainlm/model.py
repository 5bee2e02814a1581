"""A masked autoencoder of parcels by time, on the layers of transformers' ViT-MAE.

After Ortega Caro et al. 2024 (ICLR, BrainLM, section 3.2): a token is a few TRs of one parcel; to
its linear image are added a linear image of the place of the parcel and a sinusoid of the time.
The encoder sees the tokens that are not hidden, behind a token CLS; the decoder, which is told the
places and times again, predicts the TRs of the hidden ones. Names of weights are those of the
published code where the parts are the same. Attention is exact, not the Nystrom approximation.
"""

from copy import deepcopy
from typing import cast

import torch
from jaxtyping import Bool, Float, Int
from torch import nn
from transformers.initialization import xavier_uniform_
from transformers.masking_utils import create_bidirectional_mask
from transformers.modeling_utils import PreTrainedModel
from transformers.models.vit_mae.configuration_vit_mae import ViTMAEConfig
from transformers.models.vit_mae.modeling_vit_mae import ViTMAELayer

# Coordinates in mm go into a linear map beside signals of about 1.
_MM = 50.0

Patches = Float[torch.Tensor, "batch parcel time tr"]
Tokens = Float[torch.Tensor, "batch token feature"]
Places = Float[torch.Tensor, "batch parcel 3"]
Visible = Int[torch.Tensor, "batch visible"]


class BrainLM(PreTrainedModel):
    """The autoencoder; `save_pretrained` and `from_pretrained` keep it as a folder.

    In its config, `image_size` are the TRs of a window and `patch_size` those of a token.
    """

    config_class = ViTMAEConfig
    config: ViTMAEConfig
    _supports_sdpa = True

    def __init__(self, config: ViTMAEConfig) -> None:
        super().__init__(config)
        self.vit = _Encoder(config)
        self.decoder = _Decoder(config)
        self.post_init()

    def forward(self, patches: Patches, xyz: Places, visible: Visible) -> Patches:
        """Predict all patches from some of them.

        Parameters
        ----------
        patches
            Scaled responses.
        xyz
            Centres of the parcels, in mm.
        visible
            Tokens that may be seen; token `parcel * times + time` is a patch.
        """
        latent = self.vit(_taken(self.vit.embed(patches, xyz), visible))
        return self.decoder(latent, xyz, visible, patches.shape[2]).view_as(patches)

    def states(
        self, patches: Patches, xyz: Places, present: Bool[torch.Tensor, "batch time"]
    ) -> Float[torch.Tensor, "batch parcel time feature"]:
        """Hidden states of the tokens when none is hidden.

        Parameters
        ----------
        patches, xyz
            See `forward`.
        present
            Patches that hold responses; nothing attends to the others.
        """
        tokens = present[:, None].expand(patches.shape[:3]).flatten(1)
        latent = self.vit(self.vit.embed(patches, xyz), tokens)
        return latent[:, 1:].unflatten(1, patches.shape[1:3])

    @torch.no_grad()
    def _init_weights(self, module: nn.Module) -> None:
        super()._init_weights(module)
        if isinstance(module, nn.Linear):
            xavier_uniform_(module.weight)


class _Encoder(nn.Module):
    """From patches to hidden states, the first of which is that of CLS."""

    def __init__(self, config: ViTMAEConfig) -> None:
        super().__init__()
        self.config = config
        width = config.hidden_size
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.signal_embedding_projection = nn.Linear(cast(int, config.patch_size), width)
        self.xyz_embedding_projection = nn.Linear(3, width)
        self.layers = nn.ModuleList(ViTMAELayer(config) for _ in range(config.num_hidden_layers))
        self.layernorm = nn.LayerNorm(width, eps=config.layer_norm_eps)

    def embed(self, patches: Patches, xyz: Places) -> Tokens:
        """Tokens before the first layer."""
        signal = self.signal_embedding_projection(patches).flatten(1, 2)
        return signal + _placed(self.xyz_embedding_projection, xyz, patches.shape[2])

    def forward(
        self, tokens: Tokens, present: Bool[torch.Tensor, "batch token"] | None = None
    ) -> Float[torch.Tensor, "batch token+1 feature"]:
        """Pass tokens, with CLS before them, through the layers."""
        states = torch.cat([self.cls_token.expand(len(tokens), -1, -1), tokens], dim=1)
        # CLS is always present.
        seen = None if present is None else nn.functional.pad(present, (1, 0), value=True)
        mask = create_bidirectional_mask(self.config, states, seen)
        for layer in self.layers:
            states = layer(states, mask)
        return self.layernorm(states)


class _Decoder(nn.Module):
    """From the states of visible tokens to all patches."""

    def __init__(self, config: ViTMAEConfig) -> None:
        super().__init__()
        inner = deepcopy(config)
        inner.hidden_size = width = config.decoder_hidden_size
        inner.num_attention_heads = config.decoder_num_attention_heads
        inner.intermediate_size = config.decoder_intermediate_size
        self.decoder_embed = nn.Linear(config.hidden_size, width)
        self.mask_token = nn.Parameter(torch.zeros(1, 1, width))
        self.decoder_xyz_projection = nn.Linear(3, width)
        layers = range(config.decoder_num_hidden_layers)
        self.decoder_layers = nn.ModuleList(ViTMAELayer(inner) for _ in layers)
        self.decoder_norm = nn.LayerNorm(width, eps=config.layer_norm_eps)
        self.decoder_pred = nn.Linear(width, cast(int, config.patch_size))

    def forward(
        self,
        latent: Float[torch.Tensor, "batch state feature"],
        xyz: Places,
        visible: Visible,
        times: int,
    ) -> Float[torch.Tensor, "batch token tr"]:
        """Put the states in their places, mask tokens in the others, and predict."""
        embedded = self.decoder_embed(latent)
        place = _placed(self.decoder_xyz_projection, xyz, times)
        tokens = self.mask_token.to(embedded.dtype).repeat(*place.shape[:2], 1)
        index = visible[..., None].expand(-1, -1, tokens.shape[2])
        states = tokens.scatter(1, index, embedded[:, 1:]) + place
        states = torch.cat([embedded[:, :1], states], dim=1)
        for layer in self.decoder_layers:
            states = layer(states)
        return self.decoder_pred(self.decoder_norm(states[:, 1:]))


def _placed(where: nn.Linear, xyz: Places, times: int) -> Tokens:
    """Where and when each token is: a linear map of mm, and a sinusoid over patches."""
    width = where.out_features
    rates = 1e4 ** (-torch.arange(0, width, 2, device=xyz.device) / width)
    angles = torch.arange(times, device=xyz.device)[:, None] * rates
    when = torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)
    return (where(xyz / _MM)[:, :, None] + when).flatten(1, 2)


def _taken(tokens: Tokens, visible: Visible) -> Float[torch.Tensor, "batch visible feature"]:
    return tokens.gather(1, visible[..., None].expand(-1, -1, tokens.shape[2]))
