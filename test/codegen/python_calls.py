"""A program that uses a generated Python client. It does the steps that its parent names on standard input, one a line, and
answers each with a line of JSON. Arguments: the folder that holds the package `client`, the server's URL."""

import asyncio
import builtins
import json
import random
import sys
import threading
from typing import Any, Callable, Dict

sys.path.insert(0, sys.argv[1])
import client as generated  # noqa: E402
from client import runtime  # noqa: E402

URL = sys.argv[2]
DOCUMENT = {"document": "Sales rose by 4%. Costs fell by 2%."}
capstan = generated.Client(URL)


def failure_of(call: Callable[[], object]) -> object:
    try:
        call()
    except generated.CapstanError as error:
        return {
            "class": type(error).__name__,
            "code": error.code,
            "status": error.status,
            "hasInvocation": error.invocation is not None,
            "violations": [f"{each['pointer']} {each['keyword']}" for each in error.violations],
            "retryAfterSeconds": error.retry_after_seconds,
        }
    return "no failure"


def whole() -> object:
    result = capstan.summarize(DOCUMENT)
    invocation = result.invocation
    return {
        "output": result.output,
        "capability": invocation["capability"],
        "model": invocation["model"],
        "usage": invocation["usage"],
        "attempts": len(invocation["attempts"]),
    }


def options() -> object:
    tenant = generated.Client(URL + "/", api_key="anything", headers={"X-Request-Id": "mine"})
    result = tenant.title(
        DOCUMENT, tier="economy", metadata={"team": "a"}, idempotency_key="once-python", timeout=5
    )
    return {"tier": result.invocation["tier"], "id": result.invocation["id"]}


def majors() -> object:
    return [
        capstan.title(DOCUMENT).invocation["capability"],
        capstan.title_v2(DOCUMENT).invocation["capability"],
    ]


def streamed() -> object:
    stream = capstan.summarize.stream(DOCUMENT)
    return {"partials": list(stream), "output": stream.result().output}


def streamed_text() -> object:
    return list(capstan.title_v2.stream(DOCUMENT))


def result_only() -> object:
    return capstan.summarize.stream(DOCUMENT).result().output


def call_async() -> object:
    async def run() -> object:
        first, second = await asyncio.gather(
            capstan.summarize.call_async(DOCUMENT), capstan.summarize.call_async(DOCUMENT)
        )
        return [first.output, second.output]

    return asyncio.run(run())


def streamed_async() -> object:
    async def run() -> object:
        stream = capstan.summarize.stream(DOCUMENT)
        partials = [partial async for partial in stream]
        return {"partials": partials, "output": (await stream.result_async()).output}

    return asyncio.run(run())


def cancelled_async() -> object:
    async def run() -> object:
        task = asyncio.create_task(capstan.title.call_async(DOCUMENT))
        done, _ = await asyncio.wait([task], timeout=0.2)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            return "cancelled" if not done else "too early"
        return "no"

    return asyncio.run(run())


def left_early() -> object:
    stream = capstan.title_v2.stream(DOCUMENT)
    seen = []
    for partial in stream:
        seen.append(partial)
        break
    # A generator that is left is closed when it is collected; here it is at once.
    return {"seen": seen, "failure": failure_of(stream.result)}


def left_early_async() -> object:
    async def run() -> object:
        stream = capstan.title_v2.stream(DOCUMENT)
        partials = stream.__aiter__()
        first = await partials.__anext__()
        await partials.aclose()  # type: ignore[attr-defined]
        return {"seen": [first], "failure": failure_of(stream.result)}

    return asyncio.run(run())


def cancelled_stream() -> object:
    stream = capstan.title_v2.stream(DOCUMENT)
    threading.Timer(0.2, stream.cancel).start()
    return failure_of(lambda: list(stream))


def not_json() -> object:
    bad: Any = {"document": object()}
    return failure_of(lambda: capstan.title(bad))


def not_an_address() -> object:
    try:
        generated.Client("127.0.0.1:4700")
    except ValueError:
        return "refused"
    return "taken"


def growing() -> object:
    """Random values, cut anywhere: the last partial is the value, and every partial is the beginning of it."""
    chance = random.Random(20261125)
    cases = 0
    for _ in range(400):
        value = arbitrary(chance, 0)
        if not isinstance(value, (dict, list)):
            value = [value]
        text = json.dumps(value, ensure_ascii=chance.random() < 0.5)
        reader = runtime._GrowingJson()
        last: object = None
        at = 0
        while at < len(text):
            end = at + chance.randint(1, 9)
            reader.feed(text[at:end])
            at = end
            partial = reader.take()
            if partial is not None:
                last = partial
                assert begins(partial, value), (partial, value)
        assert last == value, (last, value)
        cases += 1
    return cases


def arbitrary(chance: random.Random, depth: int) -> object:
    kind = chance.randint(0, 6 if depth < 4 else 4)
    if kind == 0:
        return None
    if kind == 1:
        return chance.random() < 0.5
    if kind == 2:
        return chance.choice([0, -1, 12345, 1.5, -2e-9, 10**20])
    if kind in (3, 4):
        return "".join(chance.choice('abc"\\\n\t{}[]:,\'é😀\u2028 ') for _ in range(chance.randint(0, 12)))
    if kind == 5:
        return [arbitrary(chance, depth + 1) for _ in range(chance.randint(0, 4))]
    return {chance.choice("abcdef\"'é😀"): arbitrary(chance, depth + 1) for _ in range(chance.randint(0, 4))}


def begins(partial: object, value: object) -> bool:
    if isinstance(partial, str) and isinstance(value, str):
        # Half of a pair may show as itself until its other half comes.
        return value.startswith(partial) or partial[:-1] == value[: len(partial) - 1]
    if isinstance(partial, list) and isinstance(value, list):
        return len(partial) <= len(value) and all(begins(a, b) for a, b in zip(partial, value))
    if isinstance(partial, dict) and isinstance(value, dict):
        return all(key in value and begins(inner, value[key]) for key, inner in partial.items())
    return partial == value


STEPS: Dict[str, Callable[[], object]] = {
    "whole": whole,
    "options": options,
    "majors": majors,
    "streamed": streamed,
    "streamed_text": streamed_text,
    "result_only": result_only,
    "call_async": call_async,
    "streamed_async": streamed_async,
    "cancelled_async": cancelled_async,
    "left_early": left_early,
    "left_early_async": left_early_async,
    "cancelled_stream": cancelled_stream,
    "not_json": not_json,
    "not_an_address": not_an_address,
    "growing": growing,
    "too_slow": lambda: failure_of(lambda: capstan.title(DOCUMENT, timeout=0.2)),
    "too_slow_streamed": lambda: failure_of(lambda: list(capstan.title_v2.stream(DOCUMENT, timeout=0.2))),
    "invalid_input": lambda: failure_of(lambda: capstan.summarize({"document": "", "maxPoints": 99})),
    "invalid_input_streamed": lambda: failure_of(lambda: list(capstan.summarize.stream({"document": ""}))),
    "title": lambda: failure_of(lambda: capstan.title(DOCUMENT)),
    "title_streamed": lambda: failure_of(lambda: list(capstan.title_v2.stream(DOCUMENT))),
    "summarize": lambda: failure_of(lambda: capstan.summarize(DOCUMENT)),
    "unreachable": lambda: failure_of(lambda: generated.Client("http://127.0.0.1:9").title(DOCUMENT)),
    "not_capstan": lambda: failure_of(lambda: generated.Client(URL + "/health").title(DOCUMENT)),
    "is_its_own_timeout": lambda: generated.TimeoutError is not builtins.TimeoutError,
}

print(json.dumps("ready"), flush=True)
for line in sys.stdin:
    try:
        answer: object = {"value": STEPS[line.strip()]()}
    except BaseException as error:
        answer = {"error": repr(error)}
    print(json.dumps(answer), flush=True)
