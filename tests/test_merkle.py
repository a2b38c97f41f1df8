"""The hash tree, against the published vectors of certificate transparency and the RFC's own definition."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petition import merkle

#: The eight leaves and the roots over the first 1 to 8 of them with which implementations of RFC 6962 are
#: checked (github.com/google/certificate-transparency, merkletree/merkle_tree_test.cc).
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def root_of(leaves: list[bytes]) -> str:
    return merkle.root(merkle.leaf_hash(leaf) for leaf in leaves).hex()


@pytest.mark.parametrize("size", range(1, 9))
def test_the_root_is_the_published_one(size: int) -> None:
    assert root_of(LEAVES[:size]) == ROOTS[size - 1]


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert root_of([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 9162, section 2.1.1, word for word."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + by_definition(leaves[:split]) + by_definition(leaves[split:])).digest()


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=70))
def test_the_root_is_the_defined_one_at_every_size(leaves: list[bytes]) -> None:
    assert root_of(leaves) == by_definition(leaves).hex()


def test_a_leaf_cannot_pass_for_a_node() -> None:
    two = [merkle.leaf_hash(leaf) for leaf in LEAVES[:2]]
    assert merkle.leaf_hash(b"".join(two)) != merkle.node_hash(*two)
# --- Proofs ---------------------------------------------------------------------------------------

_A, _B, _C, _D = (
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
)
#: Proofs for the same tree, as published in the same file: kSHA256Paths, whose leaves count from 1, and kSHA256Proofs.
INCLUSIONS = {
    (1, 1): [],
    (1, 8): [_A, _B, _C],
    (6, 8): [_D, "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0", ROOTS[3]],
    (3, 3): [ROOTS[1]],
    (2, 5): [ROOTS[0], _B, _D],
}
CONSISTENCIES = {
    (1, 1): [],
    (1, 8): [_A, _B, _C],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        ROOTS[3],
    ],
    (2, 5): [_B, _D],
}


class Counted:
    """Looks complete subtrees up by hashing their leaves, and counts how many it was asked for."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.leaves, self.asked = leaves, 0

    def __call__(self, subtree: merkle.Subtree) -> bytes:
        height, number = subtree
        self.asked += 1
        return by_definition(self.leaves[number << height : (number + 1) << height])

    def prove(self, branches: list[merkle.Range]) -> list[bytes]:
        return [merkle.hash_of(branch, self) for branch in branches]


@pytest.mark.parametrize(("leaf", "size"), INCLUSIONS)
def test_the_proof_of_inclusion_is_the_published_one(leaf: int, size: int) -> None:
    proof = Counted(LEAVES).prove(merkle.inclusion(leaf - 1, size))
    assert [digest.hex() for digest in proof] == INCLUSIONS[leaf, size]
    hashed = merkle.leaf_hash(LEAVES[leaf - 1])
    root = bytes.fromhex(ROOTS[size - 1])
    assert merkle.includes(hashed, leaf - 1, size, proof, root)
    for wrong in (leaf - 2, leaf, (leaf - 1) ^ 2):
        assert not merkle.includes(hashed, wrong, size, proof, root)
    assert not merkle.includes(hashed, leaf - 1, size, [*proof, root], root)
    assert not merkle.includes(hashed, leaf - 1, size, [root, *proof], root)
    assert not merkle.includes(merkle.leaf_hash(b"another"), leaf - 1, size, proof, root)


@pytest.mark.parametrize(("old", "new"), CONSISTENCIES)
def test_the_proof_of_consistency_is_the_published_one(old: int, new: int) -> None:
    proof = Counted(LEAVES).prove(merkle.consistency(old, new))
    assert [digest.hex() for digest in proof] == CONSISTENCIES[old, new]
    before, after = bytes.fromhex(ROOTS[old - 1]), bytes.fromhex(ROOTS[new - 1])
    assert merkle.begins_with(old, new, before, after, proof)
    if old != new:
        assert not merkle.begins_with(old, new, after, before, proof)
        assert not merkle.begins_with(old + 1, new, before, after, proof)
        assert not merkle.begins_with(old, new, before, after, [])
    assert not merkle.begins_with(old, new, before, after, [*proof, after])


def path(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 9162, section 2.1.3.1, word for word."""
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*path(index, leaves[:split]), by_definition(leaves[split:])]
    return [*path(index - split, leaves[split:]), by_definition(leaves[:split])]


def subproof(old: int, leaves: list[bytes], known: bool) -> list[bytes]:
    """SUBPROOF of RFC 9162, section 2.1.4.1, word for word."""
    if old == len(leaves):
        return [] if known else [by_definition(leaves)]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= split:
        return [*subproof(old, leaves[:split], known), by_definition(leaves[split:])]
    return [*subproof(old - split, leaves[split:], False), by_definition(leaves[:split])]


@given(st.integers(1, 150), st.data())
def test_proofs_are_the_defined_ones_hold_and_are_short_at_every_size(size: int, data: st.DataObject) -> None:
    leaves = [number.to_bytes(2) for number in range(size)]
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    counted = Counted(leaves)
    inclusion = counted.prove(merkle.inclusion(index, size))
    consistency = counted.prove(merkle.consistency(old, size))
    assert counted.asked <= 4 * size.bit_length()
    assert inclusion == path(index, leaves)
    assert consistency == subproof(old, leaves, known=True)
    root = by_definition(leaves)
    assert merkle.includes(merkle.leaf_hash(leaves[index]), index, size, inclusion, root)
    assert merkle.begins_with(old, size, by_definition(leaves[:old]), root, consistency)
    for proof in (inclusion, consistency):
        for at in range(len(proof)):
            bent = [*proof[:at], bytes(32), *proof[at + 1 :]]
            assert not merkle.includes(merkle.leaf_hash(leaves[index]), index, size, bent, root)
            assert not merkle.begins_with(old, size, by_definition(leaves[:old]), root, bent)


def test_every_tree_begins_with_the_empty_one_and_with_itself() -> None:
    empty, whole = merkle.root([]), bytes.fromhex(ROOTS[7])
    assert merkle.consistency(0, 8) == merkle.consistency(8, 8) == []
    assert merkle.begins_with(0, 8, empty, whole, [])
    assert merkle.begins_with(8, 8, whole, whole, [])
    assert not merkle.begins_with(0, 8, whole, whole, [])
    assert not merkle.begins_with(8, 7, whole, whole, [])


def test_what_no_tree_has_is_not_proven() -> None:
    for index, size in ((0, 0), (8, 8), (-1, 8)):
        with pytest.raises(ValueError, match="has no leaf"):
            merkle.inclusion(index, size)
    with pytest.raises(ValueError, match="does not begin"):
        merkle.consistency(9, 8)


@pytest.mark.parametrize("height", range(7))
def test_a_complete_subtrees_hash_is_the_defined_one(height: int) -> None:
    leaves = [number.to_bytes(2) for number in range(1 << height)]
    assert merkle.complete_root(b"".join(map(merkle.leaf_hash, leaves))) == by_definition(leaves)
