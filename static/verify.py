#!/usr/bin/env python3
"""Check a petition's packet with Python 3.9 or newer and nothing else: python3 verify.py PACKET.pdf [EVIDENCE.bin]

Checks all but the PDF's signature; for that, run: pdfsig PACKET.pdf (from poppler), and compare the fingerprint.
Exit 0 when everything fits, 1 when something does not. docs/evidence.md describes the formats.
"""

import base64
import csv
import hashlib
import io
import json
import re
import sys
import zlib


def need(true, sentence):
    if not true:
        raise SystemExit(f"NOT RIGHT: {sentence}")

def sha256(data):
    return hashlib.sha256(data).digest()

# What the PDF carries: found by the manifest's SHA-256, wherever it stands in the file.
def attachments(pdf):
    found = []
    for match in re.finditer(rb"/Type /EmbeddedFile[^\r\n]*?/Length (\d+)[^\r\n]*>>\s*stream\r?\n", pdf):
        raw = pdf[match.end() : match.end() + int(match[1])]
        found.append(zlib.decompress(raw) if b"/FlateDecode" in match[0] else raw)
    return found

def manifest_of(files):
    said = [json.loads(data) for data in files if data[:1] == b"{"]
    manifests = [one for one in said if one.get("format") == "petition-packet" and one.get("version") == 1]
    need(len(manifests) == 1 and re.fullmatch("[0-9a-f]{64}", manifests[0]["sealer"]), "the file carries no manifest.")
    return manifests[0]

def carried(files, manifest, which):
    wanted = [data for data in files if sha256(data).hex() == manifest[which]["sha256"]]
    need(wanted, f"the {which} that the manifest names is not in the file.")
    return wanted[0].decode()

# The checkpoint: a signed note (c2sp.org/signed-note), Ed25519 after RFC 8032, 5.1 and 6
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)

def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f, g * h, f * g, e * h)

def times(number, point):
    total = (0, 1, 1, 0)
    while number:
        total = add(total, point) if number & 1 else total
        point, number = add(point, point), number >> 1
    return total

def point_of(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * ROOT % P
    need(y < P and (x * x - square) % P == 0 and (x or not sign), "the key or signature is no point of the curve.")
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)

def signed(key, message, signature):
    s = int.from_bytes(signature[32:], "little")
    hashed = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    y = 4 * pow(5, P - 2, P) % P
    p = times(s, point_of(y.to_bytes(32, "little")))
    q = add(point_of(signature[:32]), times(hashed, point_of(key)))
    same = (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0
    return len(key) == 32 and len(signature) == 64 and s < L and same

def checkpoint(note, written_key):
    """The size and root that the ledger's key has signed."""
    origin, _hash, encoded = written_key.split("+", 2)
    key = base64.b64decode(encoded)
    body, _empty, lines = note.partition("\n\n")
    body, kind = body + "\n", sha256(f"{origin}\n".encode() + key)[:4]
    found = [base64.b64decode(one.split(" ")[-1]) for one in lines.split("\n") if one.startswith(f"\u2014 {origin} ")]
    good = key[:1] == b"\x01" and any(one[:4] == kind and signed(key[1:], body.encode(), one[4:]) for one in found)
    good = good and written_key.isprintable()  # it is printed
    need(good and body.split("\n")[0] == origin, "the checkpoint is not signed by the ledger's key.")
    return int(body.split("\n")[1]), base64.b64decode(body.split("\n")[2])

# The ledger: its leaves rebuilt from the evidence, hashed after RFC 9162, 2.1.1
def canonical(said):
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

def commitment(field, salt, value):
    return sha256(field.encode() + b"\x00" + salt + value.encode()).hex()

def leaves(file):
    """Each leaf as text and taken apart, and name and place where they are opened."""
    need(file.read(20) == b"petition-evidence/1\n", "the evidence is not of version 1.")
    file.read(int.from_bytes(file.read(4), "big"))
    seq = 0
    while True:
        count, packed, secret = (int.from_bytes(file.read(4), "big") for _ in range(3))
        if not count:
            return need(not file.read(1), "the evidence goes on after its end.")
        columns, secrets = json.loads(zlib.decompress(file.read(packed))), io.BytesIO(file.read(secret))
        ofs, names, places = (iter(columns[column]) for column in ("of", "names", "place"))
        for which in columns["form"]:
            seq, form, name, place, commitments = seq + 1, columns["forms"][which], None, None, {}
            if "verbatim" in form:
                yield form["verbatim"], json.loads(form["verbatim"]), None, None
                continue
            if form.get("opened"):
                name, place = next(names), columns["places"][next(places)]
                value = json.dumps(place, ensure_ascii=False, separators=(",", ":"))
                commitments["name"] = commitment("name", secrets.read(16), name)
                commitments["place"] = commitment("place", secrets.read(16), value)
                commitments["mailbox"] = secrets.read(32).hex()
            elif form.get("commitments"):
                commitments = {field: secrets.read(32).hex() for field in ("name", "place", "mailbox")}
            of = None if commitments else next(ofs)
            said = {**form["said"], "seq": seq, "of": of, "commitments": commitments}
            yield canonical(said), said, name, place

def root_of(hashes):
    complete = []
    for digest in hashes:
        height = 0
        while complete and complete[-1][0] == height:
            digest, height = sha256(b"\x01" + complete.pop()[1] + digest), height + 1
        complete.append((height, digest))
    top = complete.pop()[1] if complete else sha256(b"")
    while complete:
        top = sha256(b"\x01" + complete.pop()[1] + top)
    return top

def ledger(file, manifest, rows):
    """The root of the evidence; on the way its leaves are counted and held against manifest and roster."""
    kinds, counts, texts, hashes = {}, {}, {}, []
    for seq, (leaf, said, name, place) in enumerate(leaves(file), start=1):
        hashes.append(sha256(b"\x00" + leaf.encode()))
        kind, of = said["kind"], said["of"]
        need(said["seq"] == seq and said["statement"] == manifest["statement"], f"entry {seq} is of another ledger.")
        kinds[kind] = kinds.get(kind, 0) + 1
        if kind != "verified":
            need(kind in ("withdrawn", "invalidated", "restored") and of in counts, f"entry {seq} undoes nothing.")
            need(counts[of] == (kind != "restored"), f"entry {seq} undoes what is not there.")
        counts[of or seq], texts[of or seq] = kind in ("verified", "restored"), said["revision"]
        if kind == "verified" and seq in rows:
            compare(seq, said, name, place, rows[seq], manifest["roster"])
        need(seq in rows or name is None or not manifest["roster"]["complete"], f"the roster lacks entry {seq}.")
    says, standing = manifest["counts"], {seq for seq, counted in counts.items() if counted}
    need(len(standing) == says["verified"] and kinds.get("verified", 0) == says["entered"], "the counts do not fit.")
    need(all(kinds.get(k, 0) == says[k] for k in ("withdrawn", "invalidated", "restored")), "the counts do not fit.")
    for text in manifest["texts"]:
        number = sum(texts[seq] == text["sha256"] for seq in standing)
        need(number == text["verified"], "another number signed one of the texts.")
    whole = manifest["roster"]["whole"]
    need(set(rows) == standing if whole else set(rows) <= standing, "the roster is not that of the ledger.")
    return root_of(hashes)

def compare(seq, said, name, place, row, roster):
    need(row["day"] == said["day"], f"entry {seq} has another day in the roster.")
    if name is None:
        hidden = roster["redaction"] != "names" or row["name"] in roster["nameless"]
        return need(hidden, f"the roster names entry {seq}, and the evidence does not open it.")
    towns = (place[0], f"'{place[0]}")
    fits = row["name"] in (name, f"'{name}") and row["state"] == place[1]
    fits = fits and (row["place"] in towns or (place[1] == "ZZ" and row["place"].startswith(towns)))
    return need(fits, f"entry {seq} says something else in the roster than in the ledger.")

def main(packet, evidence=None):
    with open(packet, "rb") as file:
        files = attachments(file.read())
    manifest = manifest_of(files)
    table = csv.DictReader(io.StringIO(carried(files, manifest, "roster"), newline=""))
    rows = {int(row["number"]): row for row in table}
    need(table.line_num == len(rows) + 1 == manifest["roster"]["rows"] + 1, "the roster has another number of rows.")
    size, root = checkpoint(carried(files, manifest, "checkpoint"), manifest["ledger"]["key"])
    need((size, root.hex()) == (manifest["ledger"]["size"], manifest["ledger"]["root"]), "the checkpoint does not fit.")
    print(f"Fits: roster, manifest and checkpoint. The ledger's key {manifest['ledger']['key']} signed {size} entries.")
    if evidence:
        with open(evidence, "rb") as file:
            need(sha256(file.read()).hex() == manifest["evidence"]["sha256"], "the evidence is not this packet's.")
            file.seek(0)
            need(ledger(file, manifest, rows) == root, "the evidence does not make the checkpoint's root.")
        print(f"Fits: evidence. Its entries make the root; {manifest['counts']['verified']} signatures follow.")
    print("NOT checked here: the PDF's signature. Run pdfsig; the certificate's SHA-256 must be", manifest["sealer"])

if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    try:
        main(*sys.argv[1:])
    except Exception:  # a damaged file may bring about anything
        raise SystemExit("NOT RIGHT: the file is damaged, or is no packet.") from None
