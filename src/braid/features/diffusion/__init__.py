"""Latent diffusion models: features of pictures and captions, and how noise is taken away."""

from braid.features import quiet as quiet
