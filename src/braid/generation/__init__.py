"""From decoded features back to what was presented."""

from braid.features import quiet as quiet
