"""What a study of pictures says: features of a diffusion model, decoders, reconstructions, scores.

Presented picture -> latent z and conditioning c -> decoded from the brain -> picture again.
"""

from typing import Annotated, Literal

from pydantic import Field, PositiveFloat, PositiveInt

from braid.study.names import Name, Source, Strict, Text

Share = Annotated[float, Field(gt=0, le=1)]


class Diffusion(Strict):
    """What every feature of a latent diffusion model says."""

    model: dict[Source, Name]
    """A network of the study, or a row of config/models.tsv, per source."""


class DiffusionZ(Diffusion):
    """Latent z of a picture: the mean of what the autoencoder encodes, scaled."""

    kind: Literal["diffusion_z"]
    size: dict[Source, PositiveInt]
    """Side in pixels that pictures are brought to before."""


class DiffusionC(Diffusion):
    """Conditioning c: states of the text encoder for each token, mean over the captions."""

    kind: Literal["diffusion_c"]
    tokens: Literal["all", "mean"] = "all"
    """`all`: every token is kept. `mean`: their mean, of the tokens that are not filling."""


class Denoised(Diffusion):
    """What noise was added to, and taken from again under c."""

    size: dict[Source, PositiveInt]
    """As of `diffusion_z`."""
    steps: dict[Source, PositiveInt]
    """Of the whole way from noise to picture."""
    guidance: PositiveFloat
    """How far c is followed; 1 is not at all beyond the model's own."""


class DiffusionZC(Denoised):
    """Latent zc: z with noise, denoised under c; a layer for each amount of noise."""

    kind: Literal["diffusion_zc"]
    strengths: Annotated[tuple[Share, ...], Field(min_length=1)]
    """Noise, as the share of the steps that is gone back."""


class DiffusionUNet(Denoised):
    """States of a block of the U-Net on the way; a layer for each moment."""

    kind: Literal["diffusion_unet"]
    strength: Share
    """Noise at the start, as the share of the steps that is gone back."""
    block: Text
    """Name of the module, such as `mid_block` or `up_blocks.1`."""
    moments: Annotated[tuple[Annotated[float, Field(ge=0, le=1)], ...], Field(min_length=1)]
    """Shares of the way that are behind when a state is kept: 0 is the first step, 1 the last."""
    pool: PositiveInt
    """Means over this many by this many parts of the map of each channel are kept."""


class CaptionVectors(Strict):
    """Vectors of the captions in one language, by an encoder of sentences in many."""

    kind: Literal["caption_vectors"]
    model: dict[Source, Name]
    """Row of config/models.tsv, per source that has captions in this language."""
    language: Name
    """Of the captions, such as `en`."""


class PictureStatistics(Strict):
    """Mean colour and contrast of a picture: a trivial baseline."""

    kind: Literal["picture_statistics"]


class Regress(Strict):
    """Features of the presented picture from the responses of some regions, by ridge."""

    kind: Literal["regress"]
    like: Name | None = Field(default=None, exclude=True)
    """As the decoder of this name, but for what is said here."""
    label: Text
    feature: Name
    """What is decoded; a feature of pictures."""
    regions: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Values of `roi` of the voxels that are read."""
    sessions: dict[Source, PositiveInt]
    """Sessions that are used: the first ones."""
    training: Literal["trials", "averages"] = "trials"
    """`trials`: each trial is a row (Takagi & Nishimoto 2023). `averages`: each picture, its
    responses averaged (Ozcelik & VanRullen 2023). Tests are averages in both."""
    alphas: Annotated[tuple[PositiveFloat, ...], Field(min_length=1)]
    """Ridge penalties to choose from, for each target."""
    folds: Annotated[int, Field(ge=2)] = 5
    """Inner folds, of pictures with all their trials."""
    rescale: bool = False
    """Whether decoded targets are brought to mean and spread of training (Ozcelik & VanRullen)."""
    responses: Literal["own", "noise", "shuffled", "other"] = "own"
    """What is decoded from at test: the subject's responses; noise of the same mean and spread;
    its responses to another picture; those of the next subject to the same picture, voxel by
    voxel in order. All but `own` are controls."""
    hold_out: PositiveInt | None = None
    """Clusters of pictures by this feature; each picture is decoded by a ridge that met none of
    its cluster: a control for pictures near to those of training."""


class Reconstruct(Strict):
    """Pictures generated from decoded features, or from the true ones."""

    like: Name | None = Field(default=None, exclude=True)
    """As the reconstruction of this name, but for what is said here."""
    label: Text
    model: dict[Source, Name]
    """The diffusion model: a network of the study, or a row of config/models.tsv."""
    z: Name | None = None
    """Decoder of z; without one pictures begin as noise."""
    c: Name | None = None
    """Decoder of c; without one the text is empty."""
    true_features: bool = False
    """Whether the features that those decoders decode are taken themselves: the best that this
    model can do."""
    subjects: Annotated[tuple[Name, ...], Field(min_length=1)] | None = None
    """For whom, when not for all."""
    size: dict[Source, PositiveInt]
    """Side in pixels of what is generated; the picture that z stands for is brought to it."""
    steps: dict[Source, PositiveInt]
    """Of DDIM, for the whole way."""
    strength: Share
    """Share of the steps that z is sent back with noise."""
    guidance: PositiveFloat
    samples: dict[Source, PositiveInt]
    """Pictures generated from each decoded one."""


class Metric(Strict):
    """One number that says how alike generated and presented pictures are."""

    label: Text
    """Its name with the variant, such as `AlexNet 2, two-way`."""
    kind: Literal["pixels", "luminance", "chroma", "ssim", "two_way", "distance", "category"]
    """`pixels`, `luminance`, `chroma`: correlation of pixels, of their grey, of what grey lacks.
    `ssim`: structural similarity. The others compare features of a network: `two_way`
    identification, correlation `distance`, and whether both are of one `category`."""
    variant: Literal["takagi2023", "mindeye"] | None = None
    """Of two-way identification (`braid.evaluation.pictures.two_way`)."""
    model: dict[Source, Name] = {}
    """A row of config/models.tsv, or a network of the study that tells categories apart."""
    layer: dict[Source, Text] = {}
    """Of the network."""
    size: dict[Source, PositiveInt]
    """Side in pixels that pictures are brought to before."""


class Retrieval(Strict):
    """How often the true feature is nearest to the decoded one among many, and the reverse."""

    gallery: dict[Source, PositiveInt]
    """Pictures to choose from."""
    draws: PositiveInt
    """Random galleries."""
