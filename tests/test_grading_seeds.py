"""Seeds: the same for the same code, different for anything else, and not to be guessed."""

import hashlib
import hmac
import itertools
import os
import stat

import numpy as np
import pytest
from linclf.grading.seeds import (
    VARIABLE,
    SecretError,
    case_id,
    new_secret,
    read_secret,
    seed_of,
)

SECRET = b"0123456789abcdef"
DIGEST = "ab" * 32


def test_a_seed_is_the_hmac_of_framed_parts():
    parts = [b"linclf.grading/seed/1", b"hw1", b"loss", DIGEST.encode()]
    message = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    mac = hmac.new(SECRET, message, hashlib.sha256).digest()
    assert seed_of(SECRET, "hw1", "loss", DIGEST) == int.from_bytes(mac[:8], "big") >> 1


def test_seeds_differ_where_anything_differs():
    others = [
        (SECRET, "hw1", "loss", DIGEST),
        (SECRET + b"x", "hw1", "loss", DIGEST),
        (SECRET, "hw2", "loss", DIGEST),
        (SECRET, "hw1", "gradient", DIGEST),
        (SECRET, "hw1", "loss", "ab" * 31 + "ac"),
        (SECRET, "hw1l", "oss", DIGEST),  # the same letters, divided otherwise
        (SECRET, "hw1", "", "loss" + DIGEST),
        (SECRET, "", "hw1loss", DIGEST),
    ]
    seeds = [seed_of(*other) for other in others]
    assert len(set(seeds)) == len(others)
    assert len({case_id(*other, 0) for other in others}) == len(others)


def test_any_generator_takes_a_seed():
    for n in range(50):
        seed = seed_of(SECRET, "hw1", str(n), DIGEST)
        assert 0 <= seed < 1 << 63
        assert np.int64(seed) == seed
        np.random.default_rng(seed)


def test_case_ids_are_short_and_differ():
    ids = [
        case_id(SECRET, "hw1", item, DIGEST, case)
        for item, case in itertools.product(("loss", "gradient"), range(200))
    ]
    assert len(set(ids)) == 400
    assert all(len(one) == 8 and one.isalnum() and one == one.lower() for one in ids)


def test_a_case_id_has_nothing_of_the_seed_in_it():
    mac = hmac.new(SECRET, b"", hashlib.sha256)
    assert mac.digest_size == 32
    seed = seed_of(SECRET, "hw1", "loss", DIGEST)
    found = {case_id(SECRET, "hw1", "loss", DIGEST, case) for case in range(8)}
    from base64 import b32encode

    for start in range(4):
        own = b32encode((seed << 1).to_bytes(8, "big")[start:]).decode().lower()
        assert not any(own.startswith(one) for one in found)


def test_a_short_secret_is_refused_everywhere(tmp_path):
    file = tmp_path / "secret"
    file.write_bytes(b"0123456789abcde\n\n\n")
    file.chmod(0o600)
    with pytest.raises(SecretError, match="has 15 bytes, which can be guessed; it needs at least"):
        read_secret(file)
    with pytest.raises(SecretError, match=f"the secret in {VARIABLE} has 3 bytes"):
        read_secret(environment={VARIABLE: "abc"})
    with pytest.raises(SecretError):
        seed_of(b"short", "hw1", "loss", DIGEST)
    with pytest.raises(SecretError):
        case_id(b"short", "hw1", "loss", DIGEST, 0)


def test_a_new_secret_is_for_its_owner_alone(tmp_path):
    file = tmp_path / "secret"
    before = os.umask(0)
    try:
        secret = new_secret(file)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_secret(file) == read_secret(str(file)) == secret
    assert len(secret) == 64
    assert new_secret(tmp_path / "other") != secret


def test_a_secret_is_never_overwritten(tmp_path):
    file = tmp_path / "secret"
    secret = new_secret(file)
    with pytest.raises(FileExistsError, match="a secret is never overwritten"):
        new_secret(file)
    assert read_secret(file) == secret


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o660, 0o620, 0o602, 0o601])
def test_a_secret_that_others_can_read_or_change_is_refused(tmp_path, mode):
    file = tmp_path / "secret"
    new_secret(file)
    file.chmod(mode)
    with pytest.raises(SecretError, match=rf"has mode {mode:04o}, .* run: chmod 600"):
        read_secret(file)


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o640, 0o440])
def test_a_group_may_read_a_secret(tmp_path, mode):
    file = tmp_path / "secret"
    secret = new_secret(file)
    file.chmod(mode)
    assert read_secret(file) == secret


def test_what_is_no_file_holds_no_secret(tmp_path):
    tmp_path.chmod(0o700)
    with pytest.raises(SecretError, match=r"cannot be read|is no file"):
        read_secret(tmp_path)
    with pytest.raises(SecretError, match="cannot be read: No such file"):
        read_secret(tmp_path / "nothing")
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(SecretError, match="is no file"):  # and it does not wait for a writer
        read_secret(tmp_path / "pipe")


def test_a_large_file_is_no_secret(tmp_path):
    file = tmp_path / "secret"
    file.write_bytes(b"x" * 5000)
    file.chmod(0o600)
    with pytest.raises(SecretError, match="more than 4096 bytes"):
        read_secret(file)


def test_the_environment_holds_the_secret_itself(monkeypatch):
    monkeypatch.setenv(VARIABLE, " 0123456789abcdef\n")
    assert read_secret() == SECRET
    monkeypatch.setenv(VARIABLE, " ")
    with pytest.raises(SecretError, match="no secret was given"):
        read_secret()
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(SecretError, match=VARIABLE):
        read_secret()


def test_no_message_holds_the_secret(tmp_path):
    file = tmp_path / "secret"
    file.write_bytes(b"hush")
    for mode in (0o600, 0o644):
        file.chmod(mode)
        with pytest.raises(SecretError) as caught:
            read_secret(file)
        assert "hush" not in str(caught.value)
