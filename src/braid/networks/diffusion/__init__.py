"""A small latent diffusion model, trained from nothing, and a judge of its pictures."""

from braid.features import quiet as quiet
