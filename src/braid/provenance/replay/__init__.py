"""Make a figure again at its recorded commit, and compare every artefact on the way."""

from braid.provenance.replay.face import Replay, replay

__all__ = ["Replay", "replay"]
