"""A target: answers with its color and with the headers it got; what its health check says can be set."""

from __future__ import annotations

import asyncio
import json
import sys
from urllib.parse import parse_qs, urlsplit


class TinyServer:
    """GET /set?health=503&delay=1 changes what /health answers from then on; /slow?seconds=1 takes its time."""

    def __init__(self, color: str) -> None:
        self._color = color
        self._health, self._delay = 200, 0.0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                headers = await self._headers(reader)
                status, body = await self._answer(line.split()[1].decode(), headers)
                length = f"Content-Length: {len(body)}\r\nX-Environment: {self._color}\r\n\r\n"
                writer.write(f"HTTP/1.1 {status} Answer\r\n{length}".encode() + body)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def _headers(self, reader: asyncio.StreamReader) -> dict[str, str]:
        headers = {}
        while (line := (await reader.readline()).decode().strip()) != "":
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return headers

    async def _answer(self, target: str, headers: dict[str, str]) -> tuple[int, bytes]:
        url = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path == "/set":
            self._health, self._delay = int(query.get("health", 200)), float(query.get("delay", 0))
        if url.path == "/health":
            await asyncio.sleep(self._delay)
            return self._health, b""
        await asyncio.sleep(float(query.get("seconds", 0)))
        return int(query.get("status", 200)), json.dumps(headers).encode()


async def main(color: str, port: int) -> None:
    server = await asyncio.start_server(TinyServer(color).serve, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
