"""Binding a packet: its evidence is written as it is frozen, its pages name seal and evidence, its files are sealed."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from petition.config import Config
from petition.crypto import KeyRing
from petition.ledger import checkpoints
from petition.packets import certificates, disclosing, evidence, naming, sealing, timestamps
from petition.packets.certificates import Sealer
from petition.packets.contents import EvidenceFacts, PacketContents, SealFacts
from petition.packets.evidence import Written
from petition.packets.issuing import Made
from petition.packets.models import EVIDENCE, Packet
from petition.packets.options import Options, Redaction
from petition.statements.models import Statement


@dataclass(frozen=True, slots=True)
class Binder:
    """By whom packets are sealed here, whose checkpoints they carry, and who is asked for the time."""

    sealer: Sealer
    keys: KeyRing
    base_url: str
    server: str | None

    @classmethod
    def of(cls, config: Config, keys: KeyRing, now: datetime) -> "Binder":
        """As the operator has set it. Raises BadCertificate, before anything is made."""
        sealer = certificates.sealer(keys, config.seal_certificate, config.seal_password, now)
        return cls(sealer, keys, config.base_url, config.timestamp_url)

    def disclose(self, session: Session, packet: Packet, out: Path) -> Written:
        """Write the evidence of a packet that is just being frozen, in the same transaction."""
        options = Options.read(packet.options)
        named = naming.in_roster(packet) if options.lists and options.redaction is Redaction.NAMES else None
        slug = session.get_one(Statement, packet.statement_id).slug
        entries = disclosing.leaves(session, packet.statement_id, packet.ledger_size, named, packet.frozen_at)
        return evidence.write(out, entries, statement=slug, size=packet.ledger_size, root=packet.ledger_root)

    def bind(self, packet: Packet, contents: PacketContents, written: Written, name: str) -> PacketContents:
        """Note in the packet's row by whom it will be sealed and what its evidence is, and have its pages say so."""
        origin = contents.checkpoint.split("\n", 1)[0]
        seal = SealFacts(
            self.sealer.name, self.sealer.fingerprint, not self.sealer.self_made,
            checkpoints.verifier(origin, checkpoints.public_key(self.keys)),
        )  # fmt: skip
        facts = EvidenceFacts(name, written.sha256, written.size_bytes)
        packet.counts = {**packet.counts, "seal": asdict(seal), EVIDENCE: asdict(facts)}
        packet.sealer = seal.fingerprint
        return replace(contents, seal=seal, evidence=facts)

    def seal(self, made: Sequence[Made], reason: str, now: datetime) -> tuple[list[Made], str]:
        """Seal each file where it lies; and why there is no timestamp, where one was asked for. Raises CannotBuild.

        A packet waits for its timestamps no longer in all than one file would.
        """
        server, why_not, sealed_files = self.server, "", []
        until = time.monotonic() + timestamps.PATIENCE
        for one in made:
            sealed = sealing.seal(
                one.path, one.path, self.sealer, now=now, reason=reason, server=server,
                patience=until - time.monotonic(),
            )  # fmt: skip
            if sealed.why_not:
                # A server that is silent is not waited for again with each volume; later tokens will come.
                server, why_not = None, sealed.why_not
            report = replace(one.report, size_bytes=one.path.stat().st_size)
            sealed_files.append(replace(one, report=report, stamped_at=sealed.stamped_at))
        return sealed_files, why_not
