"""Every setting, typed, read once from the environment (`SANGDAM_…`).

A misspelt name stops the start and is answered with the name it was probably meant to be.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from consultation.errors import BadSetting

PREFIX = "SANGDAM_"
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]


def _upper(value: Any) -> Any:
    return value.strip().upper() if isinstance(value, str) else value


class Settings(BaseSettings):
    """What an operator may set. The environment name is the field's, upper case, after `SANGDAM_`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load_settings` hands over: the environment is read in one place, once."""
        return (init_settings,)

    home: Path = Path("var")  # everything the program writes lives under here
    store_url: str = Field("", repr=False)  # empty: SQLite under home; or postgresql+psycopg://…
    bus_url: str = Field("memory:", repr=False)  # or redis://host:6379/0, or postgresql://… (LISTEN/NOTIFY)
    jobs_url: str = Field("", repr=False)  # empty: SQLite under home; or postgresql://… for many workers
    worker: str = "worker-1"  # stable name of this process; a restart with the same name resumes its jobs
    master_key: str = Field("", repr=False)  # base64 of 32 bytes; empty: a key file under home, mode 600

    host: str = "127.0.0.1"
    port: int = Field(8120, ge=0, le=65535)  # 0: any free one
    secure_cookies: bool = False  # True behind HTTPS; then browsers send the cookie over TLS only
    session_minutes: int = Field(480, ge=1)  # a shift; idle sign-ins end after this
    admin_session_minutes: int = Field(15, ge=1)

    encoder: str = ""  # empty: the bundled encoder; else a sentence-transformers folder
    analyser: str = "kiwi"  # or konlpy:Okt, konlpy:Komoran, konlpy:Hannanum (extra `konlpy`)
    suggestions: int = Field(3, ge=1, le=3)  # cards shown for one question, 1 to 3
    suggest_threshold: float = Field(0.5, ge=0, le=1)  # answerable probability under which nothing is shown

    stt_engine: Literal["ctranslate2", "whisper", "remote", "none"] = "ctranslate2"  # none: turns are typed
    stt_model: str = ""  # empty: the promoted model under home, else the bundled one; or a name, file, folder
    stt_small_model: str = ""  # takes over while the other cannot keep up; empty: none does
    stt_url: str = ""  # of an OpenAI-compatible server, e.g. http://10.0.0.5:8000/v1, for the engine `remote`
    stt_key: str = Field("", repr=False)  # sent to it as a bearer token
    stt_device: Literal["auto", "cpu", "cuda"] = "auto"
    stt_compute: str = "int8"  # CTranslate2 compute type: int8, int8_float16, float16, float32
    stt_workers: int = Field(2, ge=1, le=64)  # stretches decoded at the same time
    stt_partials: bool = True  # False: only finished utterances are decoded

    audiosocket: str = ""  # host:port where Asterisk connects, e.g. 127.0.0.1:9092; empty: closed
    siprec: str = (
        ""  # host:port (UDP and TCP) where recording clients call, e.g. 127.0.0.1:5070; empty: closed
    )
    rtp_ports: str = "20000-20999"  # for the sound of SIPREC sessions
    door_networks: str = "loopback"  # who may connect to those two: loopback, private, public, commas between
    door_key: str = Field(
        "", repr=False
    )  # secret that telephone systems show at the web doors; empty: closed
    door_agent: str = ""  # account that gets calls whose agent is not known; empty: such calls are refused
    agent_numbers: str = (
        ""  # who is the agent of a recorded call: 7000-7999, 027312* (a beginning), 1588, commas between
    )

    recordings: Literal["none", "keep"] = "none"  # keep: the sound of calls, encrypted, as Opus
    recording_days: int = Field(60, ge=1)  # then the sound goes, unless it is held for a legal case

    two_persons: bool = True  # a change of an entry is approved by somebody who did not write it

    webhook_networks: str = "private"  # where webhooks may go: loopback, private, public, commas between
    retention_days: int = Field(730, ge=1)  # masked transcripts
    original_days: int = Field(60, ge=1)  # the encrypted originals
    demo: bool = False  # demo desk and demo accounts; never on a machine that serves citizens
    log_level: Annotated[LogLevel, BeforeValidator(_upper)] = "INFO"

    def store(self) -> str:
        """The database address in force."""
        return self.store_url or f"sqlite:///{self.home / 'consultation.db'}"

    def jobs(self) -> str:
        """The job database in force; never the store's own SQLite file, whose writers it would block."""
        return self.jobs_url or f"sqlite:///{self.home / 'jobs.db'}"


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raises `BadSetting` that names the variable and how to mend it."""
    environment = os.environ if environment is None else environment
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for name in environment:
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            bare = {one.removeprefix(PREFIX): one for one in known}  # the prefix alone makes all alike
            near = difflib.get_close_matches(name.upper().removeprefix(PREFIX), bare, n=1, cutoff=0.6)
            hint = f"did you mean {bare[near[0]]}?" if near else f"known are: {', '.join(sorted(known))}"
            raise BadSetting(f"{name} is not a setting; {hint}")
    values: dict[str, Any] = {
        name.upper().removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.upper() in known
    }
    try:
        return Settings(**values)
    except ValidationError as error:
        fault = error.errors()[0]
        name = PREFIX + str(fault["loc"][0]).upper()
        raise BadSetting(f"{name}: {fault['msg']}; see `sangdam settings`") from None
