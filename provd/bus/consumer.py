"""
Listening for deleted tenants.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from twisted.logger import Logger

from provd.waiting import run_unawaited

from .messages import TENANT_DELETED, deleted_tenant

_TAG = "accent-provd"
_UNACKNOWLEDGED = 100


class DeletedTenants:
    """
    Hands over each tenant that was deleted.  The queue lives as long as the connection: who was away asks
    accent-auth what it has missed.

    :param exchange: the exchange's name.
    :param take: is awaited with a tenant's UUID; what is raised leaves the message unacknowledged.
    """

    name = "consumer"
    _log = Logger()

    def __init__(self, exchange: str, take: Callable[[str], Awaitable[None]]) -> None:
        self._exchange = exchange
        self._take = take

    async def opened(self, channel: Any) -> None:
        await channel.basic_qos(prefetch_count=_UNACKNOWLEDGED)
        declared = await channel.queue_declare("", exclusive=True, auto_delete=True)
        queue = declared.method.queue
        await channel.queue_bind(
            queue=queue,
            exchange=self._exchange,
            routing_key="",
            arguments={"x-match": "all", "name": TENANT_DELETED},
        )
        messages, _tag = await channel.basic_consume(queue=queue, consumer_tag=_TAG)
        run_unawaited(self._read(channel, messages))

    def closed(self) -> None:
        pass

    def ending(self) -> None:
        pass

    async def _read(self, channel: Any, messages: Any) -> None:
        while True:
            try:
                message = await messages.get()
            except Exception:  # the channel is closed, or somebody has deleted the queue
                if channel.is_open:
                    channel.close()  # the connection is made anew, and the queue with it
                return
            await self._handle(channel, message)

    async def _handle(self, channel: Any, message: Any) -> None:
        tenant = deleted_tenant(message.properties.headers, message.body)
        if tenant is None:
            self._log.warn(
                "a message of {size} bytes names no deleted tenant and is passed over",
                size=len(message.body),
            )
        else:
            try:
                await self._take(tenant)
            except Exception:
                self._log.failure("the end of tenant {tenant} can't be noted", tenant=tenant)
                return
        if channel.is_open:
            channel.basic_ack(message.method.delivery_tag)
