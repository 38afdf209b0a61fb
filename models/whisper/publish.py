"""A training checkpoint becomes the bundled model: python -m models.whisper.publish WORK/best.pt [--figures FILE.json] [--out models/whisper/live]

`model.pt` for openai-whisper, `ctranslate2/` (int8) for faster-whisper, and `manifest.json` with the digest of
every file, what the model knows and how well it hears (`models.whisper.evaluate --out`). The folder is
exchanged whole.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import tempfile
from pathlib import Path

from models.whisper.export import export
from models.whisper.network import from_training
from stt.convert import convert

NAME = "sangdam-whisper-espeak-ko"
KIND = {"short_windows": True, "demonstration": True}  # see stt.checkpoints
TRAINED_ON = "synthetic speech of espeak-ng over a simulated telephone line; no human voice"


def publish(checkpoint: Path, out: Path, figures: dict[str, object] | None = None) -> None:
    """Replace `out` by the model of this checkpoint."""
    network = from_training(checkpoint)
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    draft.chmod(0o755)
    try:
        # the first head of each layer was led to the sound (losses.py), so that it tells when a word was said
        heads = [(layer, 0) for layer in range(network.dims.n_text_layer)]
        export(network, draft / "model.pt", about={"name": NAME, **KIND})
        convert(draft / "model.pt", draft / "ctranslate2", alignment_heads=heads)
        about = {
            "name": NAME,
            "files": {
                str(path.relative_to(draft)): hashlib.sha256(path.read_bytes()).hexdigest()
                for path in sorted(draft.rglob("*"))
                if path.is_file()
            },
            **KIND,
            "trained_on": TRAINED_ON,
            "cer": figures or {},
        }
        (draft / "manifest.json").write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", "utf-8")
        if out.exists():
            shutil.rmtree(out)
        draft.rename(out)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--figures", type=Path, help="what models.whisper.evaluate measured")
    parser.add_argument("--out", type=Path, default=Path("models/whisper/live"))
    given = parser.parse_args()
    figures = json.loads(given.figures.read_text("utf-8")) if given.figures else None
    publish(given.checkpoint, given.out, figures)
    size = sum(path.stat().st_size for path in given.out.rglob("*") if path.is_file())
    print(f"{given.out}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
