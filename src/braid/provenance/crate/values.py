"""Parameters, environment and usage of jobs as named values of a crate."""

import hashlib
import json
from collections.abc import Mapping
from urllib.parse import quote

from rocrate.model.contextentity import ContextEntity
from rocrate.model.entity import Entity
from rocrate.rocrate import ROCrate

from braid.provenance.crate.entities import added
from braid.provenance.crate.private import public
from braid.provenance.schema import Record

SLURM = "https://slurm.schedmd.com/sacct.html#OPT_"
UNITS = "https://qudt.org/vocab/unit/"


def asked(crate: ROCrate, record: Record) -> list[Entity]:
    """What a job was asked for: parameters, wildcards and settings, by name."""
    config = {f"config.{name}": value for name, value in record.config.items()}
    wildcards = {f"wildcards.{name}": value for name, value in record.wildcards.items()}
    return _values(crate, record.params | wildcards | config | {"threads": record.threads})


def environment(crate: ROCrate, record: Record) -> list[Entity]:
    """What a job ran on: software, linear algebra and machine."""
    machine = record.machine.model_dump(exclude={"env"})
    packages = {f"package {name}": version for name, version in record.software.packages.items()}
    software = {"python": record.software.python, "blas": record.software.blas}
    return _values(crate, software | packages | machine | record.machine.env)


def usage(crate: ROCrate, record: Record) -> list[Entity]:
    """What a job took: peak memory and CPU time."""
    memory = {"propertyID": f"{SLURM}MaxRSS", "unitCode": f"{UNITS}BYTE"}
    time = {"propertyID": f"{SLURM}TotalCPU", "unitCode": f"{UNITS}SEC"}
    return [
        _value(crate, "peak memory", record.usage.peak_rss_bytes, memory),
        _value(crate, "CPU time", record.usage.cpu_seconds, time),
    ]


def _values(crate: ROCrate, named: Mapping[str, object]) -> list[Entity]:
    return [_value(crate, name, value, {}) for name, value in named.items()]


def _value(crate: ROCrate, name: str, value: object, more: Mapping[str, str]) -> Entity:
    """One named value; equal ones are one entity."""
    said = public(value)
    text = said if isinstance(said, str) else json.dumps(said, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    about = {"@type": "PropertyValue", "name": name, "value": text, **more}
    entity = ContextEntity(crate, f"#{quote(name)}-{digest}", about)
    return crate.get(entity.id) or added(crate, entity)
