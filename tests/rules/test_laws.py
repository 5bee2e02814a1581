"""Laws that every rule obeys, checked on the parsed workflow."""

import ast
import os
import re
from pathlib import Path

import pytest
from snakemake.io import is_flagged
from toys import Named

from braid.provenance import code, tether

SCRIPTS = Path("workflow/scripts")
RULES = [Path("Snakefile"), *Path("workflow/rules").glob("*.smk")]


def breakers(rules, obeys):
    return [rule.name for rule in rules if not obeys(rule)]


def script_of(rule, workflow):
    """Path of a rule's script below the folder of scripts."""
    kind = str(dict(rule.params.items()).get("kind"))
    path = SCRIPTS.parent / "rules" / rule.script.replace("{params.kind}", kind)
    return path.resolve().relative_to(SCRIPTS.resolve())


def test_a_rule_has_the_name_of_its_script(workflow, jobs):
    assert breakers(jobs, lambda rule: script_of(rule, workflow).stem == rule.name) == []


def test_every_script_belongs_to_a_rule(workflow, jobs):
    used = {script_of(rule, workflow) for rule in jobs}
    assert {path.relative_to(SCRIPTS) for path in SCRIPTS.rglob("*.py")} == used


def test_a_rule_writes_below_the_folder_of_its_name(workflow, jobs):
    folders = {"report": "results/{page"} | dict.fromkeys(workflow.globals["NEEDS"], "figures")

    def obeys(rule):
        folder = folders.get(rule.name, rule.name)
        return all(f"/{folder}" in f"/{path}" for path in rule.output)

    assert breakers(jobs, obeys) == []


def test_a_log_lies_where_its_output_lies(workflow, jobs):
    def obeys(rule):
        [log] = rule.log
        inside = str(rule.output.prov).replace("results/", "logs/").removesuffix(".prov.json")
        return str(log) == f"{inside}.log"

    assert breakers(jobs, obeys) == []


def test_every_rule_has_its_methods_sentence(workflow):
    assert breakers(workflow.rules, lambda rule: rule.docstring) == []


def test_every_rule_says_how_much_memory_and_time_it_takes_and_why(jobs):
    local = {"fetch", "fetch_model"}
    asked = {"mem_mb", "runtime"}
    assert breakers(jobs, lambda r: r.name in local or asked <= set(r.resources)) == []
    text = "\n".join(path.read_text() for path in RULES)
    sizes = re.findall(r"(.*)\n.*\*\*asks\(", text)
    assert len(sizes) > 20
    assert [line for line in sizes if not line.strip().startswith("#")] == []


def test_no_rule_runs_in_a_shadow(jobs):
    """The store writes whole files or none, so a shadow would protect nothing more.

    It would cost, though: Snakemake starts itself again for each shadowed job (3 s of CPU), and
    fails on a cache hit, since nobody has made the folder of the output (measured, 9.27.1).
    """
    assert breakers(jobs, lambda rule: rule.shadow_depth is None) == []


def test_jobs_know_which_snakemake_started_them(environment):
    """They end with it: see `braid.provenance.tether`."""
    assert environment[tether.VARIABLE] == str(os.getpid())


def test_scripts_write_through_the_store(jobs):
    direct = re.compile(r"write_text|write_bytes|to_csv|to_netcdf|savefig|open\(")
    for path in SCRIPTS.rglob("*.py"):
        found = [line for line in path.read_text().splitlines() if direct.search(line)]
        assert all("partial" in line for line in found), path


def test_every_rule_carries_its_code(jobs):
    assert breakers(jobs, lambda rule: "code" in dict(rule.params.items())) == []


def test_code_found_at_run_time_counts(workflow, jobs):
    """A script that asks a registry must name in `code` the module that it will get."""
    names = {
        "source": "public",
        "dataset": "ds003020",
        "study": "kobayashi2025",
        "feature": "bert",
        "network": "bert_brainlm",
        "encoder": "foundation",
        "figure": "haxby2001/encoding_map",
    }
    of_pictures = {"embed": {"dataset": "nsd", "feature": "z"}}
    asking = [
        r
        for r in jobs
        if re.search(r"find\(|read_anat", (SCRIPTS / script_of(r, workflow)).read_text())
    ]
    expected = {"simulate", "respond", "extract", "align", "tune", "classify", "identify", "slices"}
    expected |= {"embed", "present", "evaluate", "reconstructions"}
    assert expected <= {rule.name for rule in asking}

    def obeys(rule):
        wildcards = Named(**names | of_pictures.get(rule.name, {}))
        full = dict(rule.params.items())["code"](wildcards)
        return full != code(str(script_of(rule, workflow)))

    assert breakers(asking, obeys) == []


@pytest.mark.fault(16)
def test_every_cached_rule_tells_the_cache_wildcards_and_roles(workflow, jobs):
    cached = [rule for rule in jobs if rule.cache and rule.cache.flag]
    assert len(cached) >= 5
    key = workflow.globals["key"]
    assert breakers(cached, lambda rule: dict(rule.params.items()).get("key") is key) == []


def test_only_parts_are_temporary_and_their_records_stay(jobs):
    temporary = {
        (rule.name, name)
        for rule in jobs
        for name, path in rule.output.items()
        if is_flagged(path, "temp")
    }
    assert temporary == {("search", "scores"), ("fit", "scores"), ("fit", "weights")}


def test_every_rule_writes_a_record(jobs):
    assert breakers(jobs, lambda rule: "prov" in dict(rule.output.items())) == []


def test_every_input_and_output_has_a_role(workflow, jobs):
    def named(items):
        return len(items) == len(list(items.items()))

    # A function names the inputs of figures.
    plain = [rule for rule in jobs if rule.name not in workflow.globals["NEEDS"]]
    assert breakers(jobs, lambda rule: named(rule.output)) == []
    assert breakers(plain, lambda rule: named(rule.input)) == []


@pytest.mark.fault(41)
def test_no_rule_runs_code_of_the_rule_file(workflow):
    assert breakers(workflow.rules, lambda rule: not rule.is_run) == []
    assert [path for path in RULES if re.search(r"^\s*(run|shell):", path.read_text(), re.M)] == []


def test_there_is_no_checkpoint_and_no_retry_inside_a_rule(workflow):
    assert breakers(workflow.rules, lambda rule: not rule.is_checkpoint) == []
    assert [path for path in RULES if "retries:" in path.read_text()] == []


def test_the_snakefile_is_a_table_of_contents():
    assert len(Path("Snakefile").read_text().splitlines()) <= 40


@pytest.mark.parametrize("path", sorted(SCRIPTS.rglob("*.py")), ids=str)
def test_a_script_is_thin(path):
    tree = ast.parse(path.read_text())
    forbidden = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.While, ast.Try)
    assert [node for node in ast.walk(tree) if isinstance(node, forbidden)] == []
    branches = [node for node in ast.walk(tree) if isinstance(node, ast.If)]
    assert [ast.unparse(node.test) for node in branches] == ["TYPE_CHECKING"]
    body = tree.body[-1]
    assert isinstance(body, ast.With)
    assert ast.unparse(body.items[0].context_expr) == "recorded(job)"


@pytest.mark.parametrize("path", [*Path("src").rglob("*.py"), *SCRIPTS.rglob("*.py")], ids=str)
def test_no_path_of_results_is_built_outside_the_rules(path):
    assert "results/" not in path.read_text()


def test_every_figure_is_a_target_with_its_title(workflow):
    rules = {rule.name: rule for rule in workflow.rules}
    for study in workflow.globals["STUDIES"].values():
        for name, figure in study.figures_on(study.default_source).items():
            assert rules[f"{study.id}_{name}"].docstring == figure.title


def test_fixed_targets_exist(workflow):
    assert {"demo", "twins", "all"} <= {rule.name for rule in workflow.rules}


@pytest.mark.fault(41, 43)
@pytest.mark.parametrize(
    "word",
    [
        r"pickle\.load",
        "allow_pickle=True",
        "weights_only=False",
        r"yaml\.load\(",
        "shell=True",
        r"joblib\.load",
        r"torch\.load",
    ],
)
def test_nothing_unpickles_or_calls_a_shell(word):
    sources = [*Path("src").rglob("*.py"), *Path("workflow").rglob("*.py"), *RULES]
    assert [path for path in sources if re.search(word, path.read_text())] == []


def test_only_recovery_may_read_a_planted_truth(workflow, jobs):
    """Whatever else read it could find what it was told to find."""
    truth = workflow.globals["truth"]
    readers = [rule.name for rule in jobs if truth in list(rule.input)]
    assert readers == ["recover"]
    mentions = [
        line.strip()
        for path in [*RULES, *SCRIPTS.rglob("*.py")]
        for line in path.read_text().splitlines()
        if '.truth"' in line
    ]
    assert mentions == [
        'return f"results/twin/simulate/{dataset_name(wildcards)}.truth"',
        'truth=directory("results/twin/simulate/{dataset}.truth"),',
    ]


def test_nothing_fetched_or_made_can_be_committed():
    ignored = Path(".gitignore").read_text().splitlines()
    assert {"/.cache", "/results"} <= set(ignored)


def test_licensed_responses_are_for_their_holder_alone(workflow):
    mode = workflow.globals["mode"]
    assert mode(Named(dataset="nsd")) == 0o600
    assert mode(Named(dataset="ds003020")) == 0o644
