"""Imported for its effect: transformers and diffusers say nothing while they are imported.

People read the logs of jobs. Both libraries complain there of what a task does not use, such as
image processors that want torchvision.
"""

from diffusers.utils import logging as diffusers_logging
from transformers.utils import logging

for quiet in (logging, diffusers_logging):
    quiet.disable_progress_bar()
    quiet.set_verbosity_error()
