"""The gate before slow work for people."""

import threading

import pytest
from werkzeug.exceptions import ServiceUnavailable

from ivr import gate as gates
from ivr.gate import Gate


def test_at_a_gate_one_waits_and_whoever_else_comes_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "PATIENCE_SECONDS", 60)
    gate, went_in, sent_away = Gate(), threading.Event(), threading.Event()

    def come() -> None:
        try:
            with gate:
                went_in.set()
        except ServiceUnavailable:
            sent_away.set()

    others = [threading.Thread(target=come) for _ in range(2)]
    with gate:
        for other in others:
            other.start()
        assert sent_away.wait(30)
        assert not went_in.is_set()
    assert went_in.wait(30)
    for other in others:
        other.join()
