"""Questions to a stream server: what it can do and what it offers. No stream is ever begun."""

from __future__ import annotations

from custodiet.probes.question import Question

RTSP = Question(
    id="rtsp-describe",
    title="RTSP options and description",
    sends="`OPTIONS` and then `DESCRIBE` for the path `/`, without a log-in",
    category="read",
    harmless="Both only read; a camera that wants a log-in says so and names its realm. Nothing is set up or played.",
    transport="tcp",
    ports=(554, 8554, 10554),
    requests=(
        b"OPTIONS rtsp://{host}/ RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: custodiet\r\n\r\n",
        b"DESCRIBE rtsp://{host}/ RTSP/1.0\r\nCSeq: 2\r\nAccept: application/sdp\r\nUser-Agent: custodiet\r\n\r\n",
    ),
)
