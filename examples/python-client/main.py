"""The generated Python client at work. Start the server first (`npm start`), then: python3 examples/python-client/main.py

CAPSTAN_URL names another server, CAPSTAN_API_KEY the key that it may ask for. Python 3.11 or newer; nothing to install.
"""

import asyncio
import os

from generated.capstan_client import CapstanError, Client, InputInvalidError, SummarizeInput

capstan = Client(
    os.environ.get("CAPSTAN_URL", "http://127.0.0.1:4700"), api_key=os.environ.get("CAPSTAN_API_KEY")
)

news: SummarizeInput = {
    "document": "Rents rose 4% last year, most of all in the suburbs. Wages rose 2%. "
    "Nobody expects a change before spring.",
    "maxPoints": 2,
}


def whole() -> None:
    """One call, one validated result."""
    result = capstan.summarize(news, tier="economy", metadata={"page": "news"})
    print("summary  ", result.output["summary"])
    for point in result.output["points"]:
        print("point    ", point["text"])
    print("by       ", result.invocation["model"], result.invocation["tier"])


def streamed() -> None:
    """The output as it grows; the last one is whole and validated."""
    for partial in capstan.summarize.stream(news):
        print("so far   ", len(partial.get("summary", "")), "characters")


async def side_by_side() -> None:
    """Two calls at once, without holding up the event loop."""
    first, second = await asyncio.gather(
        capstan.translate.call_async({"text": "Good morning!", "to": "de"}),
        capstan.translate.call_async({"text": "Good night!", "to": "fr"}),
    )
    print("both     ", len(first.output) > 0 and len(second.output) > 0)
    async for text in capstan.translate.stream({"text": "Good evening!", "to": "es"}):
        print("growing  ", len(text))


def invalid() -> None:
    """Every failure has a class; what does not fit is listed."""
    try:
        capstan.summarize({"document": "", "maxPoints": 99})
    except InputInvalidError as error:
        for violation in error.violations:
            print("refused  ", violation["pointer"], violation["message"])
    except CapstanError as error:
        print("failed   ", error.code, error.message)


whole()
streamed()
asyncio.run(side_by_side())
invalid()
