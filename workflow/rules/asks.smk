"""What the jobs of each rule ask for: memory, time, and a GPU where they have use for one."""

# By shapes; the other rules hold little besides the libraries.
COSTS = {
    **PICTURE_COSTS,
    "align": cost_of_align,
    "autoencode": cost_of_autoencode,
    "compress": cost_of_compress,
    "encode": cost_of_encode,
    "extract": cost_of_extract,
    "fetch": cost_of_fetch,
    "fit": cost_of_fit,
    "pretrain": cost_of_pretrain,
    "respond": cost_of_respond,
    "sample": cost_of_sample,
    "search": cost_of_search,
    "transfer": cost_of_transfer,
    "tune": cost_of_tune,
}
# Bytes and seconds, as the twins and the real studies in packages took them, rounded up.
SMALL = {
    "simulate": costs.small(1.5e9, 20),
    "classify": costs.small(0.5e9, 30),
    "identify": costs.small(1.5e9, 10),
    "surface": costs.small(1.5e9, 30),
}


def cost_of(rule, wildcards):
    """What one job of a rule takes."""
    shaped = COSTS.get(rule)
    return shaped(wildcards) if shaped else SMALL.get(rule, costs.small(1.0e9, 10))


def asks(rule, gpu=0):
    """What the jobs of a rule ask for: the costs that `braid plan` shows, more at each attempt."""

    def mem_mb(wildcards, attempt):
        return round(attempt * cost_of(rule, wildcards).memory / 1e6)

    def runtime(wildcards, attempt, threads):
        return attempt * costs.minutes(cost_of(rule, wildcards), threads, gpu)

    def of_use(wildcards):
        return gpu if cost_of(rule, wildcards).gpu else 0

    def model(wildcards):
        return CONFIG.gpu_model if of_use(wildcards) else ""

    asked = {"mem_mb": mem_mb, "runtime": runtime}
    if gpu:
        asked["gpu"] = of_use
    # Named without need it would bring a GPU to jobs that have no use for one.
    if gpu and CONFIG.gpu_model:
        asked["gpu_model"] = model
    return asked
