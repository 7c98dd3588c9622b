"""Whose key an outgoing request carried: what is known of requests and keys, and how they are judged.

Pure: nothing here opens a socket or a file. Live requests come from the interceptor and the pytest plugin,
recorded ones from the readers in `egress.recordings`.
"""
