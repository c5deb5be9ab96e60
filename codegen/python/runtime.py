"""The runtime of generated Capstan clients: one HTTP call per capability, with the standard library alone.

It checks no schemas: the server has validated what it sends. Calls block; `call_async` and `async for` run the same calls
in threads of their own, so that an event loop is never held up.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import queue
import socket
import ssl
import threading
import time
import urllib.parse
from typing import (
    Any,
    AsyncIterator,
    Callable,
    Dict,
    Generic,
    Iterator,
    List,
    Literal,
    Mapping,
    NotRequired,
    Optional,
    Tuple,
    Type,
    TypedDict,
    TypeVar,
    Union,
    cast,
)

DEFAULT_BASE_URL = "http://127.0.0.1:4700"
DEFAULT_TIMEOUT = 600.0
# The longest single server-sent event that is held, in characters.
EVENT_CHARACTERS_MAX = 64 * 1024 * 1024
# Partials are not followed into deeper nesting; the result is.
PARTIAL_DEPTH_MAX = 512
# How many entries may be copied for partials per character received: this keeps the work linear.
COPIES_PER_CHARACTER = 64


class TokenUsage(TypedDict):
    inputTokens: int
    outputTokens: int
    cachedInputTokens: NotRequired[int]
    reasoningTokens: NotRequired[int]


class Attempt(TypedDict):
    """One call to one model. The server may say more than is declared here."""

    model: str
    provider: str
    # `ok`, `invalid` for an answer that broke the contract, or a class of failure.
    outcome: str
    latencyMs: float
    status: NotRequired[int]
    message: NotRequired[str]
    # Until the head of the answer.
    firstByteMs: NotRequired[float]
    usage: NotRequired[TokenUsage]
    # The attempt was cut off, so its usage is a guess.
    estimated: NotRequired[bool]
    # Started beside an attempt that was slow.
    hedge: NotRequired[bool]
    costUsd: NotRequired[float]


class Repair(TypedDict):
    step: str
    # JSON pointer into the answer; empty for the text as a whole.
    pointer: str
    # Shortened, as `after` is.
    before: str
    after: str


class Invocation(TypedDict):
    """What a call took. The server may say more than is declared here."""

    id: str
    # `NAME@MAJOR`
    capability: str
    version: str
    # Of the capability as it was: which prompt produced this.
    revision: str
    # Revision of all that was served then.
    snapshot: str
    tier: str
    # `PROVIDER/MODEL`
    model: str
    provider: str
    cache: Literal["hit", "miss", "bypass"]
    # Of all attempts together, as the cost is.
    usage: TokenUsage
    # Absent when the model's price is unknown.
    costUsd: NotRequired[float]
    latencyMs: float
    attempts: List[Attempt]
    repairs: List[Repair]
    cached: bool


class Violation(TypedDict):
    """One violation of a schema: where (JSON pointer into the value) and what."""

    pointer: str
    keyword: str
    message: str


class CapstanError(Exception):
    """Everything a call can fail with; each code has a class of its own below. A newer server may know more codes."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: Optional[int] = None,
        param: Optional[str] = None,
        details: object = None,
        invocation: Optional[str] = None,
        retry_after_seconds: Optional[float] = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        # The HTTP status; absent when there was no reply, or when the failure came after a stream had begun.
        self.status = status
        self.param = param
        self.details = details
        # The invocation's id, for questions to the platform team.
        self.invocation = invocation
        self.retry_after_seconds = retry_after_seconds

    @property
    def violations(self) -> List[Violation]:
        """What does not fit the schema, for `input_invalid` and `output_invalid`; else empty."""
        listed = self.details.get("violations") if isinstance(self.details, dict) else self.details
        if not isinstance(listed, list):
            return []
        return [cast(Violation, each) for each in listed if isinstance(each, dict) and "pointer" in each]


class InputInvalidError(CapstanError):
    """The input does not fit the schema; `violations` says where."""


class RequestInvalidError(CapstanError):
    """The request is malformed: a tier that is not offered, an input that is no JSON."""


class UnauthenticatedError(CapstanError):
    """No valid key was given."""


class ForbiddenError(CapstanError):
    """The key may not do this."""


class NotFoundError(CapstanError):
    """The server has no such capability."""


class GoneError(CapstanError):
    """The version was removed."""


class BudgetExhaustedError(CapstanError):
    """The budget is used up."""


class RateLimitedError(CapstanError):
    """Too many requests; `retry_after_seconds` says when to come back, where it is known."""


class NoRouteError(CapstanError):
    """The constraints leave no model."""


class OutputInvalidError(CapstanError):
    """The model gave no valid output; `violations` says what was wrong with it."""


class ProviderFailedError(CapstanError):
    """Every model that could have answered failed."""


class TimeoutError(CapstanError):
    """The deadline passed, here or on the server."""


class CancelledError(CapstanError):
    """The call was cancelled, or its stream left early."""


class OverloadedError(CapstanError):
    """The server is at its limit; `retry_after_seconds` says when to come back, where it is known."""


class StoreUnavailableError(CapstanError):
    """The server cannot reach its store."""


class InternalError(CapstanError):
    """A fault of the server."""


class ConnectionFailedError(CapstanError):
    """The server could not be reached, or the connection broke."""


class ReplyInvalidError(CapstanError):
    """The answer is not that of a Capstan server."""


# The class of each code: one to catch, where one failure matters more than the others.
ERROR_CLASSES: Mapping[str, Type[CapstanError]] = {
    "input_invalid": InputInvalidError,
    "request_invalid": RequestInvalidError,
    "unauthenticated": UnauthenticatedError,
    "forbidden": ForbiddenError,
    "not_found": NotFoundError,
    "gone": GoneError,
    "budget_exhausted": BudgetExhaustedError,
    "rate_limited": RateLimitedError,
    "no_route": NoRouteError,
    "output_invalid": OutputInvalidError,
    "provider_failed": ProviderFailedError,
    "timeout": TimeoutError,
    "cancelled": CancelledError,
    "overloaded": OverloadedError,
    "store_unavailable": StoreUnavailableError,
    "internal": InternalError,
    "connection_failed": ConnectionFailedError,
    "reply_invalid": ReplyInvalidError,
}


def _error(
    code: str,
    message: str,
    *,
    status: Optional[int] = None,
    param: Optional[str] = None,
    details: object = None,
    invocation: Optional[str] = None,
    retry_after_seconds: Optional[float] = None,
) -> CapstanError:
    known = ERROR_CLASSES.get(code, CapstanError)
    return known(
        code,
        message,
        status=status,
        param=param,
        details=details,
        invocation=invocation,
        retry_after_seconds=retry_after_seconds,
    )


Input = TypeVar("Input")
Output = TypeVar("Output")
Partial = TypeVar("Partial")
Tier = TypeVar("Tier", bound=str)


class Result(Generic[Output]):
    """`output` was validated by the server against the capability's output schema."""

    def __init__(self, output: Output, invocation: Invocation) -> None:
        self.output = output
        self.invocation = invocation

    def __repr__(self) -> str:
        return f"Result(output={self.output!r}, invocation={self.invocation!r})"


class Connection:
    """Where the server is and who calls it. Nothing is sent before the first call; threads may share it."""

    def __init__(
        self,
        base_url: str = DEFAULT_BASE_URL,
        api_key: Optional[str] = None,
        headers: Optional[Mapping[str, str]] = None,
        timeout: Optional[float] = DEFAULT_TIMEOUT,
        ssl_context: Optional[ssl.SSLContext] = None,
    ) -> None:
        url = urllib.parse.urlsplit(base_url)
        if url.scheme not in ("http", "https") or url.hostname is None:
            raise ValueError(f"{base_url!r} is not the address of a server, such as {DEFAULT_BASE_URL}")
        self._secure = url.scheme == "https"
        self._host = url.hostname
        self._port = url.port
        self._path = url.path.rstrip("/")
        self._ssl = ssl_context
        self.timeout = timeout
        self._headers: Dict[str, str] = {name.lower(): value for name, value in (headers or {}).items()}
        if api_key is not None:
            self._headers.setdefault("authorization", f"Bearer {api_key}")

    def _open(self, timeout: Optional[float]) -> http.client.HTTPConnection:
        if not self._secure:
            return http.client.HTTPConnection(self._host, self._port, timeout=timeout)
        context = self._ssl or ssl.create_default_context()
        return http.client.HTTPSConnection(self._host, self._port, timeout=timeout, context=context)


class _Call:
    """One request, which any thread may cancel."""

    def __init__(
        self,
        connection: Connection,
        reference: str,
        input: object,
        *,
        stream: bool,
        tier: Optional[str],
        timeout: Optional[float],
        metadata: Optional[Mapping[str, str]],
        idempotency_key: Optional[str],
    ) -> None:
        self._connection = connection
        self._reference = reference
        self._stream = stream
        self._idempotency_key = idempotency_key
        self._timeout = connection.timeout if timeout is None else timeout
        self._lock = threading.Lock()
        self._http: Optional[http.client.HTTPConnection] = None
        self._cancelled: Optional[CapstanError] = None
        self._deadline: Optional[float] = None
        fields: Dict[str, object] = {"input": input}
        if tier is not None:
            fields["tier"] = tier
        if metadata is not None:
            fields["metadata"] = dict(metadata)
        if stream:
            fields["stream"] = True
        try:
            self._body = json.dumps(fields, ensure_ascii=False, allow_nan=False).encode()
        except (TypeError, ValueError) as cause:
            raise _error("request_invalid", "The input cannot be written as JSON.") from cause

    def cancel(self, reason: Optional[CapstanError] = None) -> None:
        """Ends the call, on the server too; whoever waits for it gets `reason`."""
        with self._lock:
            if self._cancelled is None:
                self._cancelled = reason or _error("cancelled", "The call was cancelled.")
            opened = self._http
        wire = opened.sock if opened is not None else None
        if wire is not None:
            try:
                wire.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # It is closed already.

    def whole(self) -> Result[Any]:
        try:
            with_timer = self._start()
            try:
                return _result_of(_parse_json(self._send().read()))
            finally:
                self._end(with_timer)
        except CapstanError:
            raise
        except (OSError, http.client.HTTPException) as cause:
            raise self._failure() from cause

    def events(self) -> Iterator[Tuple[str, object]]:
        """The events `delta` and, last, `result`; raises what the event `error` says."""
        try:
            with_timer = self._start()
            try:
                response = self._send()
                if "text/event-stream" not in (response.getheader("content-type") or ""):
                    yield "result", _parse_json(response.read())
                    return
                for name, data in _events_of(response):
                    value = _parse_json(data)
                    if name == "error":
                        raise _failure_of(value, None, None)
                    yield name, value
                    if name == "result":
                        return
                if self._cancelled is None:
                    raise _error("connection_failed", "The stream ended without a result.")
                raise self._cancelled
            finally:
                self._end(with_timer)
        except CapstanError:
            raise
        except (OSError, http.client.HTTPException) as cause:
            raise self._failure() from cause

    def _start(self) -> Optional[threading.Timer]:
        if self._timeout is None or self._timeout == float("inf"):
            return None
        expired = _error("timeout", f"No result came within {self._timeout:g} seconds.")
        timer = threading.Timer(min(self._timeout, threading.TIMEOUT_MAX), self.cancel, [expired])
        timer.daemon = True
        self._deadline = time.monotonic() + self._timeout
        timer.start()
        return timer

    def _end(self, timer: Optional[threading.Timer]) -> None:
        if timer is not None:
            timer.cancel()
        with self._lock:
            opened, self._http = self._http, None
        if opened is not None:
            opened.close()

    def _send(self) -> http.client.HTTPResponse:
        # Connecting cannot be cancelled from another thread, so it keeps the deadline itself.
        remaining = None if self._deadline is None else max(0.001, self._deadline - time.monotonic())
        opened = self._connection._open(remaining)
        opened.connect()
        with self._lock:
            if self._cancelled is not None:
                opened.close()
                raise self._cancelled
            self._http = opened
        opened.sock.settimeout(None)
        headers = dict(self._connection._headers)
        headers["content-type"] = "application/json"
        headers["accept"] = "text/event-stream, application/json" if self._stream else "application/json"
        if self._idempotency_key is not None:
            headers["idempotency-key"] = self._idempotency_key
        path = f"{self._connection._path}/v1/capabilities/{urllib.parse.quote(self._reference, safe='@')}"
        opened.request("POST", path, body=self._body, headers=headers)
        response = opened.getresponse()
        if response.status < 200 or response.status > 299:
            retry_after = _number(response.getheader("retry-after"))
            raise _failure_of(_parse_json(response.read()), response.status, retry_after)
        return response

    def _failure(self) -> CapstanError:
        if self._cancelled is not None:
            return self._cancelled
        if self._deadline is not None and time.monotonic() >= self._deadline:
            return _error("timeout", f"No result came within {self._timeout:g} seconds.")
        return _error("connection_failed", "The server could not be reached, or the connection broke.")


class CapabilityStream(Generic[Output, Partial]):
    """A running call. Iterating, with `for` or `async for`, gives ever more of the output and, last, the output itself.

    It raises if the call fails. Leaving the loop early cancels the call; so does `cancel`. When the consumer is slower than
    the server, or a list very long, some partials are skipped.
    """

    def __init__(self, call: _Call, output_kind: Literal["text", "json"]) -> None:
        self._call = call
        self._growing: Union[_GrowingText, _GrowingJson] = (
            _GrowingText() if output_kind == "text" else _GrowingJson()
        )
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._result: Optional[Result[Output]] = None
        self._error: Optional[CapstanError] = None
        self._version = 0
        self._listeners: List[Callable[[], None]] = []
        threading.Thread(target=self._follow, name="capstan-stream", daemon=True).start()

    def cancel(self) -> None:
        """Ends the call, on the server too."""
        self._call.cancel()

    def result(self) -> Result[Output]:
        """Waits for the result, whether or not anybody iterates."""
        self._done.wait()
        return self._settled()

    async def result_async(self) -> Result[Output]:
        """The same, without holding up the event loop; who cancels the task cancels the call."""
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        forget = self._listen(lambda: _call_soon(loop, ended.set))
        try:
            while not self._done.is_set():
                ended.clear()
                if not self._done.is_set():
                    await ended.wait()
        except asyncio.CancelledError:
            self.cancel()
            raise
        finally:
            forget()
        return self._settled()

    def __iter__(self) -> Iterator[Union[Partial, Output]]:
        changed: queue.SimpleQueue[None] = queue.SimpleQueue()
        forget = self._listen(lambda: changed.put(None))
        seen = 0
        try:
            while True:
                is_done, version = self._done.is_set(), self._version
                if version != seen:
                    seen = version
                    value = self._take()
                    if value is not None:
                        yield cast(Partial, value)
                elif is_done:
                    break
                else:
                    changed.get()
            yield self._settled().output
        finally:
            forget()
            self._leave()

    async def __aiter__(self) -> AsyncIterator[Union[Partial, Output]]:
        loop = asyncio.get_running_loop()
        changed = asyncio.Event()
        forget = self._listen(lambda: _call_soon(loop, changed.set))
        seen = 0
        try:
            while True:
                changed.clear()
                is_done, version = self._done.is_set(), self._version
                if version != seen:
                    seen = version
                    value = self._take()
                    if value is not None:
                        yield cast(Partial, value)
                elif is_done:
                    break
                else:
                    await changed.wait()
            yield self._settled().output
        finally:
            forget()
            self._leave()

    def _follow(self) -> None:
        try:
            for name, data in self._call.events():
                if name == "result":
                    self._result = _result_of(data)
                elif name == "delta" and isinstance(data, dict) and isinstance(data.get("text"), str):
                    with self._lock:
                        self._growing.feed(data["text"])
                    self._version += 1
                    self._tell()
            if self._result is None and self._error is None:
                self._error = _error("connection_failed", "The stream ended without a result.")
        except CapstanError as error:
            self._error = error
        except Exception as cause:
            self._error = _error("reply_invalid", "The stream cannot be read.")
            self._error.__cause__ = cause
        finally:
            self._done.set()
            self._tell()

    def _take(self) -> object:
        with self._lock:
            return self._growing.take()

    def _settled(self) -> Result[Output]:
        if self._error is not None:
            raise self._error
        assert self._result is not None
        return self._result

    def _leave(self) -> None:
        if not self._done.is_set():
            self._call.cancel(_error("cancelled", "The stream was left before its end."))

    def _listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        with self._lock:
            self._listeners.append(listener)

        def forget() -> None:
            with self._lock:
                self._listeners.remove(listener)

        return forget

    def _tell(self) -> None:
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            listener()


class CapabilityMethod(Generic[Input, Output, Partial, Tier]):
    """One capability: call it for its result, or call `.stream` to watch the output grow.

    `timeout` is in seconds and for the whole call, streaming included; `metadata` is kept with the usage record;
    `idempotency_key` makes a repeated call have one effect.
    """

    def __init__(self, connection: Connection, reference: str, output_kind: Literal["text", "json"]) -> None:
        self._connection = connection
        self._reference = reference
        self._output_kind: Literal["text", "json"] = output_kind

    def __call__(
        self,
        input: Input,
        *,
        tier: Optional[Tier] = None,
        timeout: Optional[float] = None,
        metadata: Optional[Mapping[str, str]] = None,
        idempotency_key: Optional[str] = None,
    ) -> Result[Output]:
        return self._call(input, False, tier, timeout, metadata, idempotency_key).whole()

    async def call_async(
        self,
        input: Input,
        *,
        tier: Optional[Tier] = None,
        timeout: Optional[float] = None,
        metadata: Optional[Mapping[str, str]] = None,
        idempotency_key: Optional[str] = None,
    ) -> Result[Output]:
        """The same, without holding up the event loop; who cancels the task cancels the call."""
        call = self._call(input, False, tier, timeout, metadata, idempotency_key)
        try:
            return await asyncio.to_thread(call.whole)
        except asyncio.CancelledError:
            call.cancel()
            raise

    def stream(
        self,
        input: Input,
        *,
        tier: Optional[Tier] = None,
        timeout: Optional[float] = None,
        metadata: Optional[Mapping[str, str]] = None,
        idempotency_key: Optional[str] = None,
    ) -> CapabilityStream[Output, Partial]:
        """Starts the call at once; `for` and `async for` follow it."""
        call = self._call(input, True, tier, timeout, metadata, idempotency_key)
        return CapabilityStream(call, self._output_kind)

    def _call(
        self,
        input: object,
        stream: bool,
        tier: Optional[str],
        timeout: Optional[float],
        metadata: Optional[Mapping[str, str]],
        idempotency_key: Optional[str],
    ) -> _Call:
        return _Call(
            self._connection,
            self._reference,
            input,
            stream=stream,
            tier=tier,
            timeout=timeout,
            metadata=metadata,
            idempotency_key=idempotency_key,
        )


def _call_soon(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    try:
        loop.call_soon_threadsafe(callback)
    except RuntimeError:
        pass  # The loop is closed: nobody waits any more.


def _result_of(body: object) -> Result[Any]:
    if not isinstance(body, dict) or "output" not in body or not isinstance(body.get("invocation"), dict):
        raise _error("reply_invalid", "The reply is not a capability result; is this a Capstan server?")
    return Result(body["output"], cast(Invocation, body["invocation"]))


def _failure_of(body: object, status: Optional[int], retry_after_seconds: Optional[float]) -> CapstanError:
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict) or not isinstance(error.get("code"), str):
        answer = "an error" if status is None else f"HTTP {status}"
        return _error(
            _code_of_status(status),
            f"The server answered {answer}, unexplained.",
            status=status,
            retry_after_seconds=retry_after_seconds,
        )
    return _error(
        error["code"],
        _text(error.get("message")) or error["code"],
        status=status,
        param=_text(error.get("param")),
        details=error.get("details"),
        invocation=_text(error.get("invocation")),
        retry_after_seconds=retry_after_seconds,
    )


def _code_of_status(status: Optional[int]) -> str:
    """For answers that something between here and the server gave."""
    codes = {401: "unauthenticated", 403: "forbidden", 429: "rate_limited", 503: "overloaded", 504: "timeout"}
    return codes.get(status or 0, "reply_invalid")


def _text(value: object) -> Optional[str]:
    return value if isinstance(value, str) else None


def _number(text: Optional[str]) -> Optional[float]:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None  # A date: nobody sends one here.


def _parse_json(text: Union[str, bytes]) -> object:
    try:
        return cast(object, json.loads(text))
    except (ValueError, RecursionError):
        return None


def _events_of(response: http.client.HTTPResponse) -> Iterator[Tuple[str, str]]:
    """Server-sent events from bytes cut anywhere: CR, LF or CRLF, comments, several data lines."""
    name = ""
    data: List[str] = []
    held = 0
    for line in _lines_of(response):
        if line == "":
            if data:
                yield name, "\n".join(data)
            name, data, held = "", [], 0
            continue
        held += len(line)
        if held > EVENT_CHARACTERS_MAX:
            raise _error("reply_invalid", "A streamed event is too large.")
        field, _, value = line.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if field == "event":
            name = value
        elif field == "data":
            data.append(value)


def _lines_of(response: http.client.HTTPResponse) -> Iterator[str]:
    pieces: List[bytes] = []
    held = 0
    after_return = False
    while True:
        piece = response.read1(65536)
        if piece == b"":
            return
        if after_return and piece.startswith(b"\n"):
            piece = piece[1:]
        after_return = piece.endswith(b"\r")
        lines = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        for line in lines[:-1]:
            pieces.append(line)
            yield b"".join(pieces).decode("utf-8", "replace")
            pieces, held = [], 0
        pieces.append(lines[-1])
        held += len(lines[-1])
        if held > EVENT_CHARACTERS_MAX:
            raise _error("reply_invalid", "A streamed event is too large.")


class _GrowingText:
    """Text that comes in pieces; half of a surrogate pair is held back until the other half comes."""

    def __init__(self) -> None:
        self._pieces: List[str] = []
        self._known = ""

    def feed(self, piece: str) -> None:
        self._pieces.append(piece)

    def take(self) -> object:
        self._known = _join(self._known, self._pieces)
        self._pieces = []
        return self._known[:-1] if "\ud800" <= self._known[-1:] <= "\udbff" else self._known


def _join(known: str, pieces: List[str]) -> str:
    joined = known + "".join(pieces)
    if not any("\ud800" <= piece[:1] <= "\udfff" or "\ud800" <= piece[-1:] <= "\udfff" for piece in pieces):
        return joined
    # JSON escapes may have cut a pair in two; Python keeps halves apart until they are told that they are one.
    return joined.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


class _Frame:
    """An object or list that is still open; in an object, `key` is that of the value to come."""

    def __init__(self, container: Union[Dict[str, object], List[object]]) -> None:
        self.container = container
        self.key: Optional[str] = None
        self.entries = 0

    def awaits_key(self) -> bool:
        return self.key is None and isinstance(self.container, dict)


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_WORD_ENDS = frozenset(" \t\r\n,:{}[]\"'")


class _GrowingJson:
    """Reads JSON that arrives in pieces, each character once.

    It forgives what models do (text before the value, single quotes, bare keys, raw newlines, trailing commas) and passes
    over what it cannot read. Numbers and words show when they are whole, strings as they grow. Closed values are shared
    between partials, open ones are copied.
    """

    def __init__(self) -> None:
        self._open: List[_Frame] = []
        self._state: Literal["between", "word", "string", "escape", "end"] = "between"
        self._text: List[str] = []
        self._quote = ""
        self._escape = ""
        self._root: object = None
        self._changed = False
        self._open_entries = 0
        self._copies_allowed = COPIES_PER_CHARACTER

    def feed(self, piece: str) -> None:
        self._copies_allowed += COPIES_PER_CHARACTER * len(piece)
        index = 0
        while index < len(piece):
            index = self._step(piece, index)

    def take(self) -> object:
        """What is known so far; `None` when there is nothing worth showing."""
        copies = self._open_entries + len(self._open)
        if not self._changed or copies > self._copies_allowed:
            return None
        self._copies_allowed -= copies
        self._changed = False
        if not self._open:
            return self._root
        value: object = None
        has_value = self._state in ("string", "escape")
        if has_value:
            self._text = [_join("", self._text)]
            value = self._text[0]
        for frame in reversed(self._open):
            if isinstance(frame.container, dict):
                copy: Union[Dict[str, object], List[object]] = dict(frame.container)
            else:
                copy = list(frame.container)
            if has_value:
                _set_entry(copy, frame.key, value)
            value, has_value = copy, True
        return value

    def _step(self, piece: str, index: int) -> int:
        """Reads on at `index` and answers where to go on."""
        frame = self._open[-1] if self._open else None
        character = piece[index]
        if self._state == "between" and (frame is None or character in _WORD_ENDS):
            self._read_between(frame, character)
            return index + 1
        if self._state == "between":
            self._start_text("word")
        if frame is None or self._state == "end":
            return len(piece)
        if self._state == "escape":
            self._read_escape(character)
            return index + 1
        if self._state == "word":
            return self._read_word(frame, piece, index)
        return self._read_string(frame, piece, index)

    def _read_between(self, frame: Optional[_Frame], character: str) -> None:
        if character in "{[":
            if frame is None or not frame.awaits_key():
                self._open.append(_Frame({} if character == "{" else []))
                self._changed = True
                if len(self._open) > PARTIAL_DEPTH_MAX:
                    self._state = "end"
        elif frame is None:
            return
        elif character in "}]":
            self._open.pop()
            self._open_entries -= frame.entries
            self._add_value(self._open[-1] if self._open else None, frame.container)
        elif character in "\"'":
            self._quote = character
            self._start_text("string")
        elif character == ",":
            frame.key = None

    def _read_word(self, frame: _Frame, piece: str, index: int) -> int:
        end = index
        while end < len(piece) and piece[end] not in _WORD_ENDS:
            end += 1
        self._text.append(piece[index:end])
        if end < len(piece):
            text = "".join(self._text)
            if frame.awaits_key():
                self._end_text(frame, text)
                return end
            try:
                self._end_text(frame, json.loads(text))
            except ValueError:
                self._state = "between"
                frame.key = None
        return end

    def _read_string(self, frame: _Frame, piece: str, index: int) -> int:
        ends = [found for found in (piece.find(self._quote, index), piece.find("\\", index)) if found >= 0]
        end = min(ends, default=len(piece))
        self._text.append(piece[index:end])
        self._changed = self._changed or not frame.awaits_key()
        if end == len(piece):
            return end
        if piece[end] == "\\":
            self._state = "escape"
            self._escape = ""
        else:
            self._end_text(frame, _join("", self._text))
        return end + 1

    def _read_escape(self, character: str) -> None:
        self._escape += character
        if self._escape[0] == "u" and len(self._escape) < 5:
            return
        if len(self._escape) == 5:
            try:
                self._text.append(chr(int(self._escape[1:], 16)))
            except ValueError:
                self._text.append("\ufffd")
        else:
            self._text.append(_ESCAPES.get(self._escape, self._escape))
        self._state = "string"

    def _start_text(self, kind: Literal["word", "string"]) -> None:
        self._state = kind
        self._text = []

    def _end_text(self, frame: _Frame, value: object) -> None:
        self._state = "between"
        if frame.awaits_key():
            frame.key = cast(str, value)
        else:
            self._add_value(frame, value)

    def _add_value(self, frame: Optional[_Frame], value: object) -> None:
        self._changed = True
        if frame is None:
            self._root = value
            self._state = "end"
            return
        _set_entry(frame.container, frame.key, value)
        frame.key = None
        frame.entries += 1
        self._open_entries += 1


def _set_entry(container: Union[Dict[str, object], List[object]], key: Optional[str], value: object) -> None:
    """A string that is a key itself has none, and is not shown."""
    if isinstance(container, list):
        container.append(value)
    elif key is not None:
        container[key] = value
