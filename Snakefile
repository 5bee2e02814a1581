"""BRAID: the stages in the order in which data flows; `snakemake --list-target-rules` lists all."""

from braid.study import harmless
from snakemake.utils import min_version

min_version("9.20")


configfile: harmless("config/config.yaml")


include: "workflow/rules/common.smk"
include: "workflow/rules/slurm.smk"
include: "workflow/rules/params.smk"
include: "workflow/rules/inputs.smk"
include: "workflow/rules/networks.smk"
include: "workflow/rules/pictures.smk"
include: "workflow/rules/picture_costs.smk"
include: "workflow/rules/costs.smk"
include: "workflow/rules/asks.smk"
include: "workflow/rules/fetch.smk"
include: "workflow/rules/respond.smk"
include: "workflow/rules/parcellate.smk"
include: "workflow/rules/extract.smk"
include: "workflow/rules/align.smk"
include: "workflow/rules/embed.smk"
include: "workflow/rules/encode.smk"
include: "workflow/rules/sample.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/decode.smk"
include: "workflow/rules/generate.smk"
include: "workflow/rules/recover.smk"
include: "workflow/rules/picture_figures.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/draw.smk"
include: "workflow/rules/targets.smk"
