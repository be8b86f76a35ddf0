"""The same exchange seen by our client and by the official one, in the same words."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import openai
from support.morph_client import KEY, Slept

from bot.chat.endpoint import Endpoint, Key
from bot.chat.request import ChatRequest, Delivery, Message, Role, Sampling, Tool
from bot.chat.retry import RetryPolicy
from bot.chat.tally import Tally
from bot.chat_client import ChatClient, Limits, Service
from bot.errors import ServiceError
from bot.http import Http, Proxies

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletion

TOOL = Tool("edit_file", "Change a file.", {"type": "object", "properties": {"target_file": {"type": "string"}}})


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer: its text, its calls (name and arguments), why it ended, tokens in and out where they are told."""

    text: str
    calls: tuple[tuple[str, str], ...]
    finish: str | None
    tokens: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Failed:
    """No answer: the HTTP status that says so, None for what is inside a 200 or broke; and whether to ask again."""

    status: int | None
    again: bool


def ours(base: str, text: str, delivery: Delivery, model: str = "gpt-4o") -> Seen | Failed:
    """What our client makes of the answer to `text`."""
    request = ChatRequest(
        model, (Message(Role.USER, text),), sampling=Sampling(temperature=0.5), delivery=delivery, tools=(TOOL,)
    )
    tally = Tally()
    with Http(Proxies.NONE) as transport:
        service = Service("The service", Endpoint.parse(base, "url"), Key.parse(KEY, "key"))
        policy = RetryPolicy(tries=2)
        client = ChatClient(service, transport, Slept().timing, Limits(total=600.0), policy)
        try:
            completion = client.ask(request, lambda completion: completion, tally).completion
        except ServiceError as error:
            return Failed(error.status, tally.requests == 2)
    tokens = completion.tokens
    return Seen(
        completion.text,
        tuple((call.name, call.arguments) for call in completion.calls),
        completion.finish,
        None if tokens is None else (tokens.prompt, tokens.completion),
    )


def theirs(base: str, text: str, delivery: Delivery, model: str = "gpt-4o") -> Seen | Failed:
    """What the official client makes of it, asked for the same."""
    function: Any = {"name": TOOL.name, "description": TOOL.description, "parameters": TOOL.parameters}
    asked: dict[str, Any] = {
        "model": model,
        "messages": [{"role": "user", "content": text}],
        "temperature": 0.5,
        "tools": [{"type": "function", "function": function}],
    }
    with openai.OpenAI(base_url=base, api_key=KEY, max_retries=0) as client:
        try:
            if delivery is Delivery.WHOLE:
                return _seen(client.chat.completions.create(**asked))
            with client.chat.completions.stream(**asked, stream_options={"include_usage": True}) as stream:
                # Half answers are errors to this helper; what it has got of them is compared all the same.
                with contextlib.suppress(openai.LengthFinishReasonError, openai.ContentFilterFinishReasonError):
                    for _ in stream:
                        pass
                return _seen(stream.current_completion_snapshot)
        except openai.APIStatusError as error:
            return Failed(error.status_code, client._should_retry(error.response))  # noqa: SLF001 - its own table of retries
        except (openai.APIError, openai.OpenAIError):
            return Failed(None, again=True)


def _seen(completion: ChatCompletion) -> Seen:
    (choice,) = completion.choices
    usage = completion.usage
    return Seen(
        _joined(choice.message.content or ""),
        tuple((call.function.name, _joined(call.function.arguments)) for call in _functions(choice.message.tool_calls)),
        choice.finish_reason,
        None if usage is None else (usage.prompt_tokens, usage.completion_tokens),
    )


def _joined(text: str) -> str:
    """A server may cut between the halves of a surrogate pair; the official client leaves them apart."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16")


def _functions(calls: Any) -> list[Any]:
    return [call for call in calls or [] if call.type == "function"]
