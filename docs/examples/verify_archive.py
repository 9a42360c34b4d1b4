"""Check an archive of old periods offline: python3 verify_archive.py FOLDER [FOLDER ...]

Needs pyarrow, and verify_statement.py beside it; no database and nothing of the platform. A FOLDER is that of one
month and part, such as 2026-01.1. Exit code 0 only if everything holds.
"""

import hashlib
import json
import sys
from pathlib import Path

import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parent))
from verify_statement import leaf

FORMAT = "zhanggui.archive/1"


def known(folder, entry):
    """What a document names is there as it was written."""
    path = folder / entry["name"]
    if not path.is_file():
        return [f"{path} is not there"]
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != entry["sha256"]:
            return [f"{path} was changed"]
    return []


def lines_of(path):
    """The rows of a file, with their place in it from 1."""
    row = 0
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=10_000):
            for line in batch.to_pylist():
                row += 1
                for name in ("occurred_at", "billable_at"):
                    line[name] = line[name].isoformat()
                yield row, line


def chunk_faults(folder, chunk):
    """Everything that does not hold of one chunk, in sentences."""
    sums = {(one["header"]["party_id"], one["header"]["id"]): hashlib.sha256() for one in chunk["statements"]}
    nets = dict.fromkeys(sums, 0)
    for entry in chunk["files"]:
        yield from known(folder, entry)
        if entry["table"] != "lines":
            continue
        path = folder / entry["name"]
        for row, line in lines_of(path) if path.is_file() else ():
            key = (line["party_id"], line["statement_id"])
            made = leaf(line)
            if made != line["leaf"]:
                yield f"{path}, row {row}: line {line['line_id']} of party {key[0]} does not give its leaf"
            sums[key].update(made)
            nets[key] += sum(line["amounts"])
    for one in chunk["statements"]:
        header, key = one["header"], (one["header"]["party_id"], one["header"]["id"])
        canonical = json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        given = bytes.fromhex(one["previous_hash"]) + canonical + sums[key].digest()
        if hashlib.sha256(given).hexdigest() != one["hash"]:
            yield f"statement {header['number']}: header and lines do not give its hash"
        if header["net_minor"] != nets[key]:
            yield f"statement {header['number']}: the header says {header['net_minor']}, its lines {nets[key]}"


def main(folders):
    """Say of every archive whether it holds."""
    failed = not folders
    for folder in map(Path, folders):
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        found, statements = [], 0
        if manifest["format"] != FORMAT:
            found.append("this is not an archive that this script knows: " + str(manifest["format"]))
        for entry in manifest["chunks"] if not found else ():
            found += known(folder, entry)
            chunk = json.loads((folder / entry["name"]).read_text("utf-8"))
            found += chunk_faults(folder, chunk)
            statements += len(chunk["statements"])
        failed = failed or bool(found)
        print(f"{folder.name}: " + ("; ".join(found) or f"holds, {statements} statements"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
